package dev.tallyman.benchmarks.support;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Plain requests to what runs on this machine. */
public final class Http {
  public static final String ADMIN_KEY = "sk-admin-benchmark";

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Http() {}

  /**
   * The body of a successful answer.
   *
   * @throws IOException if it is none
   */
  public static byte[] get(String uri) throws IOException {
    HttpResponse<byte[]> response = send(uri);
    if (response.statusCode() != 200) {
      throw new IOException(uri + " answers " + response.statusCode());
    }
    return response.body();
  }

  /** Whatever is answered. */
  public static HttpResponse<byte[]> send(String uri) throws IOException {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(URI.create(uri.replace("[", "%5B").replace("]", "%5D")))
              .header("Authorization", "Bearer " + ADMIN_KEY)
              .build(),
          BodyHandlers.ofByteArray());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
