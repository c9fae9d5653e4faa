package dev.tallyman.api.message;

import java.util.List;
import java.util.Optional;

/** Why a request is not answered, with the remedy: it becomes the body of an error. */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;
  private final String code;
  private final String param;
  private final String text;
  private final String title;
  private String allow = "";

  @SuppressWarnings("serial") // An unmodifiable list of text, never sent anywhere.
  private final List<String> mistakes;

  /**
   * Creates one.
   *
   * @param param the parameter or field that is at fault; empty for none
   * @param message what is wrong and what to do, for a person; never a secret
   */
  public Problem(int status, String type, String code, String param, String message) {
    this(status, type, code, param, message, "", List.of());
  }

  private Problem(
      int status,
      String type,
      String code,
      String param,
      String message,
      String title,
      List<String> mistakes) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
    this.text = message;
    this.title = title;
    this.mistakes = List.copyOf(mistakes);
  }

  /** The same with the short text by which a compatible endpoint names it. */
  public Problem titled(String other) {
    return new Problem(status, type, code, param, text, other, mistakes);
  }

  /** The same with all that is wrong, one sentence each. */
  public Problem listing(List<String> all) {
    return new Problem(status, type, code, param, text, title, all);
  }

  /** A request that can never work as it is. */
  public static Problem invalid(String code, String param, String message) {
    return new Problem(400, "invalid_request_error", code, param, message);
  }

  /** A parameter with a value that is not allowed. */
  public static Problem parameter(String param, String message) {
    return invalid("invalid_parameter", param, message);
  }

  /** A body that is not what is asked for. */
  public static Problem body(String param, String message) {
    return invalid("invalid_body", param, message);
  }

  /** A path that is there, but not for this method. */
  public static Problem methodNotAllowed(String allowed) {
    var problem =
        new Problem(
            405,
            "invalid_request_error",
            "method_not_allowed",
            "",
            "This path does not take this method; it takes " + allowed + ".");
    problem.allow = allowed;
    return problem;
  }

  public static Problem notFound(String message) {
    return new Problem(404, "invalid_request_error", "not_found", "", message);
  }

  /** What a server could not take as a request, by what HTTP calls it. */
  public static Problem unreadable(int status, String id) {
    return switch (status) {
      case 408 ->
          refused(408, "request_timeout", "The request took too long to arrive; send it faster.");
      case 413 -> bodyTooLarge();
      case 414 -> urlTooLong();
      case 431 -> headersTooLarge();
      case 503 ->
          new Problem(
              503,
              "server_error",
              "too_many_connections",
              "",
              "There are too many connections; close some, or try again in a moment.");
      default ->
          status < 500
              ? refused(
                  status,
                  "malformed_request",
                  "This is not HTTP/1.1 or 1.0 as RFC 9112 says, or its path is not"
                      + " percent-encoded; send it with an HTTP client, and encode the path.")
              : internal(id);
    };
  }

  public static Problem urlTooLong() {
    return refused(
        414,
        "url_too_long",
        "The URL is too long; at most " + Request.MAX_TARGET + " characters are read.");
  }

  public static Problem headersTooLarge() {
    return refused(
        431,
        "headers_too_large",
        "The headers are too large; at most "
            + Request.MAX_HEADERS
            + " characters in "
            + Request.MAX_HEADER_COUNT
            + " headers are read.");
  }

  public static Problem bodyTooLarge() {
    return refused(
        413,
        "body_too_large",
        "The body is too large; at most " + Request.MAX_BODY + " bytes are read.");
  }

  /** A defect of this side. */
  public static Problem internal(String id) {
    return new Problem(
        500,
        "server_error",
        "internal_error",
        "",
        "Something went wrong here, not with the request; the log names it as request " + id + ".");
  }

  private static Problem refused(int status, String code, String message) {
    return new Problem(status, "invalid_request_error", code, "", message);
  }

  public int status() {
    return status;
  }

  public String type() {
    return type;
  }

  public String code() {
    return code;
  }

  public Optional<String> param() {
    return param.isEmpty() ? Optional.empty() : Optional.of(param);
  }

  public Optional<String> title() {
    return title.isEmpty() ? Optional.empty() : Optional.of(title);
  }

  /** The methods that are allowed, where that is the problem. */
  public Optional<String> allow() {
    return allow.isEmpty() ? Optional.empty() : Optional.of(allow);
  }

  public List<String> mistakes() {
    return mistakes;
  }

  /** What is wrong and what to do. */
  public String text() {
    return text;
  }
}
