package dev.tallyman.cli.ask;

import dev.tallyman.cli.process.Failure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whom a command asks: the same request to a server, or to this machine's own ledger. */
public interface Ask extends AutoCloseable {
  /**
   * The answer to one request, whatever its status.
   *
   * @param method such as GET
   * @param path such as {@code /api/v1/query}
   * @param parameters of the query, in order, not yet encoded
   * @param headers by lower-case name
   * @param body empty for none
   * @throws Failure if there is no answer
   */
  Reply send(
      String method,
      String path,
      List<Map.Entry<String, String>> parameters,
      Map<String, String> headers,
      byte[] body);

  /** These parameters as the query of an address, encoded. */
  static String query(List<Map.Entry<String, String>> parameters) {
    return parameters.stream()
        .map(p -> encode(p.getKey()) + "=" + encode(p.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Who is asked, for messages. */
  String whom();

  @Override
  void close();
}
