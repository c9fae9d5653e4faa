package dev.tallyman.api;

import java.util.List;
import java.util.Optional;

/** Why a request is not answered, with the remedy: it becomes the body of an error. */
final class Problem extends RuntimeException {
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
  Problem(int status, String type, String code, String param, String message) {
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
  Problem titled(String other) {
    return new Problem(status, type, code, param, text, other, mistakes);
  }

  /** The same with all that is wrong, one sentence each. */
  Problem listing(List<String> all) {
    return new Problem(status, type, code, param, text, title, all);
  }

  /** A request that can never work as it is. */
  static Problem invalid(String code, String param, String message) {
    return new Problem(400, "invalid_request_error", code, param, message);
  }

  /** A parameter with a value that is not allowed. */
  static Problem parameter(String param, String message) {
    return invalid("invalid_parameter", param, message);
  }

  /** A body that is not what is asked for. */
  static Problem body(String param, String message) {
    return invalid("invalid_body", param, message);
  }

  /** A path that is there, but not for this method. */
  static Problem methodNotAllowed(String allowed) {
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

  static Problem notFound(String message) {
    return new Problem(404, "invalid_request_error", "not_found", "", message);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  String code() {
    return code;
  }

  Optional<String> param() {
    return param.isEmpty() ? Optional.empty() : Optional.of(param);
  }

  Optional<String> title() {
    return title.isEmpty() ? Optional.empty() : Optional.of(title);
  }

  /** The methods that are allowed, where that is the problem. */
  Optional<String> allow() {
    return allow.isEmpty() ? Optional.empty() : Optional.of(allow);
  }

  List<String> mistakes() {
    return mistakes;
  }

  /** What is wrong and what to do. */
  String text() {
    return text;
  }
}
