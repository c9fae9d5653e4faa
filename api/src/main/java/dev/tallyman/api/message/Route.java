package dev.tallyman.api.message;

import dev.tallyman.api.access.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One operation of the API: the router routes by it, and the OpenAPI document is written from it.
 *
 * @param method for instance {@code GET}
 * @param path with parameters in braces, each a whole segment
 * @param id the operation's name, unique
 * @param summary one sentence for a reader
 * @param needs the role that a caller must have
 * @param form how its errors are told
 * @param parameters all that it understands
 * @param body what it reads, if anything
 * @param answer what it says on success
 * @param handler how it says it
 */
public record Route(
    String method,
    String path,
    String id,
    String summary,
    Role needs,
    Form form,
    List<Parameter> parameters,
    Optional<JsonObject> body,
    Answer answer,
    Handler handler) {
  public Route {
    parameters = List.copyOf(parameters);
  }

  /** A reading route of the native API. */
  public static Route reading(
      String path,
      String id,
      String summary,
      List<Parameter> parameters,
      Answer answer,
      Handler handler) {
    var all = new ArrayList<>(parameters);
    if (answer.table()) {
      all.add(Call.FORMAT);
    }
    return new Route(
        "GET", path, id, summary, Role.VIEWER, Form.OPENAI, all, Optional.empty(), answer, handler);
  }

  public boolean mutates() {
    return !"GET".equals(method);
  }

  public List<String> segments() {
    return List.of(path.substring(1).split("/", -1));
  }

  /** How errors are told. */
  public enum Form {
    /** As OpenAI does: an object with message, type, param and code. */
    OPENAI,
    /** The same, with the types that the provider's own Usage and Costs APIs give. */
    PROVIDER,
    /** As the systems did with which these endpoints are compatible: a text. */
    SOURCE,
    /** The same, with a flag that says that it did not succeed. */
    FLAGGED
  }

  /** Answers one call. */
  @FunctionalInterface
  public interface Handler {
    public Reply answer(Call call);
  }

  /**
   * What success looks like.
   *
   * @param status for instance 200
   * @param schema of the JSON body, made when the OpenAPI document is asked for, so that starting
   *     does not make it; empty for an answer without one
   * @param table whether it is also given as CSV
   * @param types the media types of an answer that is no JSON
   */
  public record Answer(
      int status, Optional<Supplier<JsonObject>> schema, boolean table, List<String> types) {
    public static Answer json(Supplier<JsonObject> schema) {
      return new Answer(200, Optional.of(schema), false, List.of());
    }

    public static Answer table(Supplier<JsonObject> schema) {
      return new Answer(200, Optional.of(schema), true, List.of());
    }

    public static Answer text(String... types) {
      return new Answer(200, Optional.empty(), false, List.of(types));
    }

    public static Answer nothing() {
      return new Answer(204, Optional.empty(), false, List.of());
    }
  }
}
