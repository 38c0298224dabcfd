package ibgroup.web.core.clientportal.gw;

import io.vertx.core.http.impl.HttpServerImpl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Stands in for IBKR's Gateway where the appliance can see it: configuration, address, TLS, log, process. What it is asked
 * it passes byte for byte to proxyRemoteHost, which in tests is the simulator.
 */
public final class GatewayStart {
  private final Config config;
  private final SSLContext upstream;
  private final URI remote;

  private GatewayStart(Config config) throws Exception {
    this.config = config;
    this.remote = URI.create(config.get("proxyRemoteHost"));
    this.upstream = context(null, new TrustManager[] {new TrustsAll()});
  }

  public static void main(String[] args) throws Exception {
    Config config;
    try {
      config = new Config(lines(args[List.of(args).indexOf("--conf") + 1]));
    } catch (Exception error) {
      System.out.println("Failed to load configuration file: \n" + error.getMessage());
      System.exit(1);
      return;
    }
    new GatewayStart(config).listen();
  }

  private void listen() throws Exception {
    int port = Integer.parseInt(config.get("listenPort"));
    SSLServerSocket server =
        (SSLServerSocket)
            context(keys(), null)
                .getServerSocketFactory()
                .createServerSocket(port, 50, InetAddress.getByName(HttpServerImpl.host()));
    server.setEnabledProtocols(new String[] {"TLSv1.2"});
    writeLog();
    System.out.println("Java Version: " + System.getProperty("java.version"));
    System.out.println("This is a stand-in for the Client Portal Gateway");
    System.out.println("Open https://localhost:" + port + " to login");
    while (true) {
      Socket client = server.accept();
      inBackground(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    if (!config.allows(client.getInetAddress().getHostAddress())) {
      deny(client);
      return;
    }
    Socket server;
    try {
      int port = remote.getPort() < 0 ? 443 : remote.getPort();
      server = upstream.getSocketFactory().createSocket(remote.getHost(), port);
    } catch (IOException error) {
      // As the Gateway does: the caller never hears of it.
      System.out.println("ERROR upstream " + error.getClass().getSimpleName());
      return;
    }
    inBackground(() -> pipe(client, server));
    pipe(server, client);
  }

  private static void deny(Socket client) throws IOException {
    BufferedReader request =
        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    String line = request.readLine();
    while (line != null && !line.isEmpty()) line = request.readLine();
    String answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\nConnection: close\r\n\r\nAccess Denied";
    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    client.close();
  }

  private static void pipe(Socket from, Socket to) {
    byte[] buffer = new byte[16384];
    try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) out.write(buffer, 0, length);
    } catch (IOException ended) {
      // The other direction of this connection has closed it.
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void inBackground(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException error) {
                System.out.println("ERROR " + error.getClass().getSimpleName());
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private KeyManager[] keys() throws Exception {
    char[] password = config.get("sslPwd").toCharArray();
    KeyStore store = KeyStore.getInstance("JKS");
    Path file = Path.of(config.get("sslCert"));
    try (InputStream in =
        file.isAbsolute() ? Files.newInputStream(file) : ClassLoader.getSystemResourceAsStream(file.toString())) {
      store.load(in, password);
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return factory.getKeyManagers();
  }

  private static SSLContext context(KeyManager[] keys, TrustManager[] trust) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return context;
  }

  private static List<String> lines(String resource) throws IOException {
    InputStream in = ClassLoader.getSystemResourceAsStream(resource);
    if (in == null) throw new IOException(resource + " is not on the class path");
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().collect(Collectors.toList());
    }
  }

  private static void writeLog() throws IOException {
    Path folder = Files.createDirectories(Path.of("logs"));
    Path file = folder.resolve("gw." + LocalDate.now() + ".log");
    Files.writeString(file, "started\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** The simulator's certificate is made anew at every start. */
  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
