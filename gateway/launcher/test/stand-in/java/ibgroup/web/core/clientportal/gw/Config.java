package ibgroup.web.core.clientportal.gw;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** As much of YAML as a conf.yaml needs: values and lists of the top level, and of one level below. */
final class Config {
  // The keys that the build of 2023-04-24 has setters for; it does not start with any other.
  private static final Set<String> KNOWN =
      Set.of(
          "authDelay", "ccp", "cors", "ip2loc", "ips", "listenPort", "listenSsl", "portalBaseURL", "proxyRemoteHost",
          "proxyRemoteSsl", "serverOptions", "sslCert", "sslPwd", "ssoPing", "svcEnvironment", "tst", "twsBaseURL",
          "webApps");

  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, List<String>> lists = new LinkedHashMap<>();

  Config(List<String> lines) {
    String top = "";
    String list = "";
    for (String line : lines) {
      String text = line.replaceFirst("(^|\\s)#.*$", "");
      if (text.isBlank()) continue;
      if (!text.startsWith(" ") && !text.startsWith("-")) {
        top = text.replaceFirst(":.*$", "").trim();
        if (!KNOWN.contains(top))
          throw new IllegalArgumentException("Unable to find property '" + top + "' on class " + Config.class.getName());
        list = top;
        values.put(top, unquoted(text.replaceFirst("^[^:]*:", "")));
      } else if (text.trim().startsWith("- ")) {
        lists.computeIfAbsent(list, name -> new ArrayList<>()).add(unquoted(text.trim().substring(2)));
      } else {
        list = top + "." + text.replaceFirst(":.*$", "").trim();
      }
    }
  }

  String get(String name) {
    return values.getOrDefault(name, "");
  }

  List<String> list(String name) {
    return lists.getOrDefault(name, List.of());
  }

  /** As the Gateway's own filter does: no list lets everybody in, `10.*` is everything below 10. */
  boolean allows(String address) {
    if (list("ips.deny").stream().anyMatch(entry -> matches(entry, address))) return false;
    return list("ips.allow").isEmpty() || list("ips.allow").stream().anyMatch(entry -> matches(entry, address));
  }

  private static boolean matches(String entry, String address) {
    return entry.endsWith(".*") ? address.startsWith(entry.substring(0, entry.length() - 1)) : entry.equals(address);
  }

  private static String unquoted(String text) {
    return text.trim().replaceAll("^\"(.*)\"$", "$1");
  }
}
