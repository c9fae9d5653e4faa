package dev.tallyman.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that asks a ledger and shows the answer. */
final class Reading {
  /** What is the same for all organizations, so that none can be named. */
  private static final Set<String> OF_ALL = Set.of("/api/v1/prices", "/api/v1/settings");

  private static final String FAIL_OPEN = "fail_open";

  @Mixin private final Places places = new Places();

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "Ask this server instead of the ledger on this machine.")
  private Optional<String> endpoint = Optional.empty();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The file with the server's token, in place of TALLYMAN_TOKEN.")
  private Optional<String> tokenFile = Optional.empty();

  @Option(
      names = "--org",
      paramLabel = "ID",
      description = "The organization, by its id in the configuration (default: the first).")
  private Optional<String> organization = Optional.empty();

  @Option(names = "--ascii", description = "Use no characters beyond ASCII.")
  private boolean ascii;

  @Option(
      names = "--fail-open",
      description =
          "Exit with 0 even if the data is stale or nobody could be asked for it; the JSON says"
              + " so.")
  private boolean failOpen;

  @ArgGroup(exclusive = true)
  private final Form form = new Form();

  /** How the answer is shown. */
  private static final class Form {
    @Option(names = "--json", description = "Show JSON.")
    private boolean json;

    @Option(names = "--csv", description = "Show CSV.")
    private boolean csv;

    @Option(
        names = "--plain",
        description = "Show values separated by tabs, without any decoration.")
    private boolean plain;
  }

  boolean json() {
    return form.json;
  }

  boolean csv() {
    return form.csv;
  }

  boolean plain() {
    return form.plain;
  }

  /** Whether the answer is for a person. */
  boolean forPerson() {
    return !form.json && !form.csv && !form.plain;
  }

  Optional<String> organization() {
    return organization;
  }

  Terminal terminal(Surroundings around) {
    return around.terminal().with(ascii);
  }

  boolean failOpen() {
    return failOpen;
  }

  /** What a command does with whom it asks. */
  @FunctionalInterface
  interface Question {
    /** Asks, shows the answer, and returns an exit code of {@link Exit}. */
    int ask(Ask ask);
  }

  /**
   * Asks and shows the answer; what {@code --fail-open} forgives, it forgives here.
   *
   * @param schema of the JSON
   * @return an exit code of {@link Exit}
   */
  int answer(Surroundings around, String schema, Question question) {
    try (Ask ask = ask(around)) {
      int code = question.ask(ask);
      return failOpen && code == Exit.STALE ? Exit.OK : code;
    } catch (Failure e) {
      if (!failOpen || e.code() != Exit.UNREACHABLE) {
        throw e;
      }
      Terminal terminal = around.terminal();
      Tallyman.tell(e, terminal.err());
      if (form.json) {
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("schema", schema);
        envelope.put("as_of", null);
        envelope.put("stale", null);
        envelope.put("simulated", null);
        envelope.put(FAIL_OPEN, forgiven(e.code(), e.text()));
        envelope.put("data", null);
        terminal.print(Json.pretty(envelope));
      }
      return Exit.OK;
    }
  }

  /** Shows a JSON, which says of stale data whether it was forgiven. */
  void print(Map<String, Object> envelope, Terminal terminal) {
    if (failOpen && Boolean.TRUE.equals(envelope.get("stale"))) {
      envelope.put(FAIL_OPEN, forgiven(Exit.STALE, "The data is stale."));
    }
    terminal.print(Json.pretty(envelope));
  }

  /** What the command would have ended with. */
  private static Map<String, Object> forgiven(int code, String message) {
    Map<String, Object> forgiven = new LinkedHashMap<>();
    forgiven.put("exit_code", code);
    forgiven.put("message", message);
    return forgiven;
  }

  /** Whom the command asks, as its options and the configuration say. */
  Ask ask(Surroundings around) {
    if (endpoint.isPresent()) {
      return new RemoteAsk(endpoint.get(), token(around), around.variables());
    }
    if (tokenFile.isPresent()) {
      throw new Failure(Exit.USAGE, "--token-file needs --endpoint: a local ledger has no token");
    }
    Config config = places.config(around, Config.Needs.NOTHING);
    return new LocalAsk(Ledgers.toRead(config, organization), config);
  }

  private Optional<String> token(Surroundings around) {
    if (tokenFile.isEmpty()) {
      return around.variable("TALLYMAN_TOKEN");
    }
    Path file = around.path(tokenFile.get());
    try {
      if (Files.size(file) > 10_000) {
        throw new Failure(Exit.USAGE, "--token-file " + file + " is too large to hold a token");
      }
      String token = Files.readString(file).strip();
      if (token.isEmpty() || token.contains("\n")) {
        throw new Failure(Exit.USAGE, "--token-file " + file + " must hold one line: the token");
      }
      return Optional.of(token);
    } catch (IOException e) {
      throw new Failure(Exit.USAGE, "--token-file " + file + " cannot be read", e);
    }
  }

  /** The object that a GET of a path answers. */
  Json get(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
    Reply reply = reply(ask, path, parameters);
    require(ask, reply);
    return body(ask, reply);
  }

  /** All pages of a list: the first page's object, with the data of all of them. */
  Json all(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
    List<Object> data = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    Json first = new Json(Map.of());
    do {
      List<Map.Entry<String, String>> asked = new ArrayList<>(parameters);
      asked.add(Map.entry("limit", "1000"));
      cursor.ifPresent(value -> asked.add(Map.entry("cursor", value)));
      Json page = get(ask, path, asked);
      first = first.members().isEmpty() ? page : first;
      data.addAll(page.list("data"));
      cursor = page.text("next");
    } while (cursor.isPresent());
    Map<String, Object> members = new LinkedHashMap<>(first.members());
    members.put("data", data);
    return new Json(members);
  }

  /** The object that a GET answers; empty if there is nothing there. */
  Optional<Json> find(Ask ask, String path) {
    Reply reply = reply(ask, path, List.of());
    if (reply.status() == 404) {
      return Optional.empty();
    }
    require(ask, reply);
    return Optional.of(body(ask, reply));
  }

  /**
   * The object that a POST answers.
   *
   * @param sent the JSON that is sent; empty for none
   */
  Json post(Ask ask, String path, Optional<Map<String, @Nullable Object>> sent) {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    organization.ifPresent(id -> parameters.add(Map.entry("org", id)));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("accept", "application/json");
    sent.ifPresent(_ -> headers.put("content-type", "application/json"));
    Reply reply =
        ask.send(
            "POST", path, parameters, headers, sent.map(Json::bytes).orElseGet(() -> new byte[0]));
    require(ask, reply);
    return body(ask, reply);
  }

  /** A text as one segment of a path. */
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The object that a GET answers; empty if the question is refused as impossible. */
  Optional<Json> tryGet(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
    Reply reply = reply(ask, path, parameters);
    if (reply.status() == 400) {
      return Optional.empty();
    }
    require(ask, reply);
    return Optional.of(body(ask, reply));
  }

  private Reply reply(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
    List<Map.Entry<String, String>> all = new ArrayList<>(parameters);
    if (!OF_ALL.contains(path)) {
      organization.ifPresent(id -> all.add(Map.entry("org", id)));
    }
    return ask.send("GET", path, all, Map.of("accept", "application/json"), new byte[0]);
  }

  private static Json body(Ask ask, Reply reply) {
    return Json.parse(reply.body().toArray())
        .orElseThrow(() ->
            new Failure(
                Exit.UNREACHABLE,
                ask.whom() + " answers something else than JSON; is it a Tallyman server?"));
  }

  /**
   * Ends the command unless the answer is a good one.
   *
   * @throws Failure with the server's own words
   */
  static void require(Ask ask, Reply reply) {
    int status = reply.status();
    if (status >= 200 && status < 300) {
      return;
    }
    Optional<Json> body = Json.parse(reply.body().toArray());
    String said =
        body.flatMap(b -> b.object("error").text("message").or(() -> b.text("error")))
            .map(Text::safe)
            .orElseGet(() -> "status " + status);
    switch (status) {
      case 400, 404, 409, 412, 413, 415, 422, 428 ->
          throw new Failure(
              Exit.USAGE,
              body.isEmpty()
                  ? ask.whom() + " answers " + said + "; is it a Tallyman server?"
                  : said);
      case 401, 403 -> throw new Failure(Exit.AUTH, said);
      default -> throw new Failure(Exit.UNREACHABLE, ask.whom() + ": " + said);
    }
  }
}
