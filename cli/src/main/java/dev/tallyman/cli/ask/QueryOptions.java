package dev.tallyman.cli.ask;

import dev.tallyman.cli.config.Config;
import dev.tallyman.cli.config.Ledgers;
import dev.tallyman.cli.config.LocationOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say whom a command asks, and the ways of asking. */
public sealed class QueryOptions permits OutputOptions {
  /** What is the same for all organizations, so that none can be named. */
  private static final Set<String> OF_ALL = Set.of("/api/v1/prices", "/api/v1/settings");

  @Mixin private final LocationOptions places = new LocationOptions();

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

  public Optional<String> organization() {
    return organization;
  }

  public Terminal terminal(ProcessContext context) {
    return context.terminal().with(ascii);
  }

  /** Whom the command asks, as its options and the configuration say. */
  public Ask ask(ProcessContext context) {
    if (endpoint.isPresent()) {
      return new RemoteAsk(endpoint.get(), token(context), context.variables());
    }
    if (tokenFile.isPresent()) {
      throw new Failure(Exit.USAGE, "--token-file needs --endpoint: a local ledger has no token");
    }
    Config config = places.config(context, Config.Needs.NOTHING);
    return new LocalAsk(Ledgers.toRead(config, organization), config);
  }

  private Optional<String> token(ProcessContext context) {
    if (tokenFile.isEmpty()) {
      return context.variable("TALLYMAN_TOKEN");
    }
    Path file = context.path(tokenFile.get());
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
  public Json get(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
    return body(ask, raw(ask, path, parameters, "application/json"));
  }

  /** All pages of a list: the first page's object, with the data of all of them. */
  public Json all(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
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
  public Optional<Json> find(Ask ask, String path) {
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
  public Json post(Ask ask, String path, Optional<Map<String, @Nullable Object>> sent) {
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
  public static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The object that a GET answers; empty if the question is refused as impossible. */
  public Optional<Json> tryGet(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
    Reply reply = reply(ask, path, parameters);
    if (reply.status() == 400) {
      return Optional.empty();
    }
    require(ask, reply);
    return Optional.of(body(ask, reply));
  }

  /** What a GET of a path answers in this media type, as it came. */
  public Reply raw(Ask ask, String path, List<Map.Entry<String, String>> parameters, String type) {
    Reply reply = reply(ask, path, parameters, type);
    require(ask, reply);
    return reply;
  }

  private Reply reply(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
    return reply(ask, path, parameters, "application/json");
  }

  private Reply reply(
      Ask ask, String path, List<Map.Entry<String, String>> parameters, String type) {
    List<Map.Entry<String, String>> all = new ArrayList<>(parameters);
    if (!OF_ALL.contains(path)) {
      organization.ifPresent(id -> all.add(Map.entry("org", id)));
    }
    return ask.send("GET", path, all, Map.of("accept", type), new byte[0]);
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
  public static void require(Ask ask, Reply reply) {
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
