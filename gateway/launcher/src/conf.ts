// The Gateway's conf.yaml and logback.xml as we want them, instead of the shipped ones. Keys that the Gateway does not know
// keep it from starting, so there is nothing here that the build of 2023-04-24 does not read.

interface Conf {
  port: number;
  remoteHost: string;
  /** The shipped keystore; its password is the shipped one, and public. */
  keystore: string;
}

export const confYaml = ({ port, remoteHost, keystore }: Conf): string => `\
# Written by bezant-gateway at every start; changes are lost. BEZANT_GATEWAY_PORT and BEZANT_GATEWAY_REMOTE_HOST are settings.

# IBKR's servers. The Gateway's own calls go to /v1/api when the name holds "api", else to /v1/portal.
proxyRemoteHost: ${JSON.stringify(remoteHost)}
proxyRemoteSsl: true
# The first part of every API path: /v1/api.
svcEnvironment: "v1"
# Sent along to the login page, as the shipped configuration does.
ip2loc: "US"

# On 127.0.0.1: see io/vertx beside this file, as there is no key for the address.
listenPort: ${port}
# Never without TLS: IBKR's session cookies are marked secure.
listenSsl: true
sslCert: ${JSON.stringify(keystore)}
sslPwd: "mywebapi"

# Empty, and there: any value makes the Gateway accept connections and never answer them, and without the key it trips over it.
portalBaseURL: ""

# Milliseconds between the login and the first question whether it can trade; the shipped value.
authDelay: 3000
# Off: an older way of logging in.
ccp: false

# The sidecar alone, which is on this machine. Without this list everybody would be let in. Nothing is denied by name: what is
# not allowed is refused, and entries such as 0.0.0.0/0 or * are not understood or make every request fail.
ips:
  allow:
    - 127.0.0.1

# Two threads for connections and four for the rest, instead of twenty each: one sidecar calls, five at a time.
serverOptions:
  eventLoopPoolSize: 2
  workerPoolSize: 4
  internalBlockingPoolSize: 4
  # As shipped, in milliseconds: no warnings of a slow machine's threads.
  blockedThreadCheckInterval: 1000000
  maxWorkerExecuteTime: 100

# Left out on purpose:
#   cors      no web page may call the Gateway; bezant's own pages come from the sidecar
#   webApps   the demo application is of no use here
`;

// The shipped one writes files of 21 days below logs/, at level DEBUG, where cookies and session keys are printed. At INFO
// these loggers still print secrets, or a line for every call: two, with the tickle every 30 seconds. Of an error the cause
// comes first, with one line of its stack: without a way to IBKR every call would print forty-five.
export const logbackXml = `\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by bezant-gateway at every start; changes are lost. To the console alone, so that nothing grows on the disk. -->
<configuration>
  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %logger{0} : %message%n%rEx{short}</pattern></encoder>
  </appender>

  <!-- The cookies of the login, with their values. -->
  <logger name="ibgroup.web.core.clientportal.gw.core.CookieManager" level="WARN"/>
  <!-- The key of the brokerage session, the user, what IBKR answers; and a line for every call. -->
  <logger name="ibgroup.web.core.clientportal.gw.services" level="WARN"/>
  <!-- The headers of a WebSocket; and three lines for each, also for those that bezant opens again and again before a login. -->
  <logger name="ibgroup.web.core.clientportal.gw.http.GwWebsocketHandler" level="WARN"/>
  <!-- The hardware address of this machine. -->
  <logger name="ibgroup.web.core.clientportal.gw.utils" level="WARN"/>
  <!-- The configuration, with the password of the keystore. -->
  <logger name="ibgroup.web.core.clientportal.gw.GatewayStart" level="WARN"/>
  <!-- Every request and every answer, with the query. -->
  <logger name="HttpMessageLogger" level="OFF"/>

  <root level="INFO"><appender-ref ref="CONSOLE"/></root>
</configuration>
`;
