package io.vertx.core.http.impl;

/** Where Vert.x says on which addresses a server listens that was given a port alone. */
public final class HttpServerImpl {
  private HttpServerImpl() {}

  public static String host() {
    return "0.0.0.0";
  }
}
