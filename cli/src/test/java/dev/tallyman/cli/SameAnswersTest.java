package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.Site;
import dev.tallyman.cli.config.NoKeys;
import dev.tallyman.cli.local.LocalServer;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.lambda.HttpEvents;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.simulator.Simulator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whoever serves the routes, the answers are the same to the byte. */
final class SameAnswersTest {
  private static final String TOKEN = Tokens.create(Role.OPERATOR, new SecureRandom()).text();
  private static final String SITE = "https://costs.example.com";

  /** What a server or a transport says of its own, or of the one request. */
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "date", "set-cookie", "x-request-id");

  private final MovableClock clock = MovableClock.at("2026-11-21T09:30:00Z");
  private final InMemoryStore store = new InMemoryStore(clock);
  private final Access access =
      new Access(Set.of(), Set.of(Tokens.hash(TOKEN)), false, false, Set.of(SITE));
  private final Routes routes =
      new Routes(
          new Site(
              store,
              clock,
              () -> "default",
              settings -> settings,
              NoKeys.NONE,
              () -> access,
              _ -> new PollTrigger.Outcome.Failed("nothing polls here"),
              _ -> {}));

  @Test
  void everyRouteAnswersAFunctionAsItAnswersTheLocalServer() throws Exception {
    fill();
    List<Asked> asked = new ArrayList<>();
    for (String operation : operations()) {
      String[] parts = operation.replaceAll("\\{[a-z]+}", "pool-mini").split(" ", 2);
      asked.addAll(variations(parts[0], parts[1]));
    }
    asked.addAll(oddities());

    try (var server = LocalServer.start("127.0.0.1", 0, routes);
        var client = HttpClient.newHttpClient()) {
      for (Asked each : asked) {
        assertThat(byEvent(each)).as(each.toString()).isEqualTo(byServer(client, server, each));
      }
    }
    assertThat(asked).hasSizeGreaterThan(100);
  }

  private static List<Asked> variations(String method, String path) {
    Asked plain =
        new Asked(method, path, "", Map.of(), "").with("authorization", "Bearer " + TOKEN);
    List<Asked> all = new ArrayList<>();
    all.add(plain);
    all.add(new Asked(method, path, "", Map.of(), ""));
    all.add(plain.with("authorization", "Bearer tly_o_wrong"));
    all.add(plain.query("nothing=%C3%A4%20b&x=1+2"));
    all.add(plain.query("org=nobody"));
    all.add(plain.with("origin", SITE));
    all.add(
        new Asked("OPTIONS", path, "", Map.of(), "")
            .with("origin", SITE)
            .with("access-control-request-method", method));
    if ("GET".equals(method)) {
      all.add(new Asked("HEAD", path, "", plain.headers(), ""));
      all.add(plain.with("accept-encoding", "gzip"));
      all.add(plain.with("accept", "text/csv"));
      all.add(plain.with("if-none-match", "*"));
    } else {
      all.add(plain.body("{\"token\":\"ü\",\"x\":[1]}"));
      all.add(plain.body("{"));
      all.add(plain.with("content-type", "text/plain").body("ä"));
    }
    return all;
  }

  private static List<Asked> oddities() {
    Asked query =
        new Asked("GET", "/api/v1/query", "", Map.of(), "")
            .with("authorization", "Bearer " + TOKEN);
    return List.of(
        query.query("by=model&since=2d&granularity=hour"),
        query.query("metric=tokens&by=project&filter=project%3Aproj_%C3%A4"),
        query.query("by=colour"),
        query.query("by=%ff"),
        query.query("x=" + "a".repeat(9000)),
        new Asked("GET", "/api/v1/n%C3%A4chstes", "", Map.of(), ""),
        new Asked("GET", "/api/v1/a%20b", "", Map.of(), ""),
        new Asked("GET", "//", "", Map.of(), ""),
        new Asked("PATCH", "/api/v1/query", "", Map.of(), ""),
        new Asked("BREW", "/api/v1/query", "", Map.of(), ""),
        query.with("cookie", "a=b; tallyman_session=" + "x".repeat(43)),
        new Asked("GET", "/api/v1/query", "", Map.of(), "")
            .with("cookie", "a=b; tallyman_session=" + "x".repeat(43)));
  }

  /** The operations of the table, as the document that is written from it names them. */
  private List<String> operations() throws IOException {
    var document =
        JSON.std.mapFrom(
            byEvent(
                    new Asked("GET", "/api/v1/openapi.json", "", Map.of(), "")
                        .with("authorization", "Bearer " + TOKEN))
                .text());
    List<String> operations = new ArrayList<>();
    if (document.get("paths") instanceof Map<?, ?> paths) {
      paths.forEach((path, methods) -> {
        if (methods instanceof Map<?, ?> known) {
          known
              .keySet()
              .forEach(
                  name -> operations.add(name.toString().toUpperCase(Locale.ROOT) + " " + path));
        }
      });
    }
    assertThat(operations).contains("GET /api/usage", "POST /api/poll", "DELETE /api/v1/session");
    return operations;
  }

  private Answered byEvent(Asked asked) throws IOException {
    var headers = new HashMap<>(asked.headers());
    headers.put("host", "127.0.0.1");
    var event = new HashMap<String, Object>();
    event.put("version", "2.0");
    // As an HTTP API does it: the path decoded, the query as it came, cookies apart.
    event.put("rawPath", URLDecoder.decode(asked.path(), StandardCharsets.UTF_8));
    event.put("rawQueryString", asked.query());
    String cookies = headers.remove("cookie");
    if (cookies != null) {
      event.put("cookies", List.of(cookies.split("; ", -1)));
    }
    event.put("headers", headers);
    event.put(
        "body", Base64.getEncoder().encodeToString(asked.body().getBytes(StandardCharsets.UTF_8)));
    event.put("isBase64Encoded", true);
    event.put(
        "requestContext",
        Map.of("http", Map.of("method", asked.method()), "stage", "$default", "requestId", "1"));
    var out = new ByteArrayOutputStream();
    HttpEvents.answer(
        HttpEvents.read(new ByteArrayInputStream(JSON.std.asBytes(event))), routes::handle, out);
    Map<String, Object> answer = JSON.std.mapFrom(out.toByteArray());
    var sent = new TreeMap<String, String>();
    if (answer.get("headers") instanceof Map<?, ?> all) {
      all.forEach((name, value) ->
          sent.put(name.toString().toLowerCase(Locale.ROOT), String.valueOf(value)));
    }
    String body = String.valueOf(answer.get("body"));
    return Answered.of(
        Integer.parseInt(String.valueOf(answer.get("statusCode"))),
        sent,
        Boolean.TRUE.equals(answer.get("isBase64Encoded"))
            ? Base64.getDecoder().decode(body)
            : body.getBytes(StandardCharsets.UTF_8));
  }

  private static Answered byServer(HttpClient client, LocalServer server, Asked asked)
      throws IOException, InterruptedException {
    String query = asked.query().isEmpty() ? "" : "?" + asked.query();
    URI uri = URI.create("http://127.0.0.1:" + server.port() + asked.path() + query);
    var request =
        HttpRequest.newBuilder(uri)
            .method(asked.method(), HttpRequest.BodyPublishers.ofString(asked.body()));
    asked.headers().forEach(request::header);
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    var sent = new TreeMap<String, String>();
    answer.headers().map().forEach((name, values) -> sent.put(name, String.join(",", values)));
    return Answered.of(answer.statusCode(), sent, answer.body());
  }

  private void fill() throws IOException {
    try (var simulator = Simulator.builder(clock).build().start();
        var api =
            new OpenAiUsageApi(
                OpenAiConfig.of(simulator.baseUrl().toString()),
                "sk-admin-simulated",
                Map.of(),
                clock)) {
      var outcome =
          new Poller(store, clock)
              .cycle(
                  "default",
                  api,
                  Settings.defaults().usage(),
                  "test",
                  clock.instant().plus(Duration.ofMinutes(4)));
      assertThat(outcome).isInstanceOf(CycleOutcome.Ran.class);
    }
  }

  private record Asked(
      String method, String path, String query, Map<String, String> headers, String body) {
    Asked with(String name, String value) {
      var more = new HashMap<>(headers);
      more.put(name, value);
      return new Asked(method, path, query, more, body);
    }

    Asked query(String other) {
      return new Asked(method, path, other, headers, body);
    }

    Asked body(String text) {
      var more = new HashMap<>(headers);
      more.putIfAbsent("content-type", "application/json");
      return new Asked(method, path, query, more, text);
    }

    @Override
    public String toString() {
      return method + " " + path + "?" + query + " " + headers.keySet() + " " + body;
    }
  }

  private record Answered(int status, Map<String, String> headers, String bytes) {
    static Answered of(int status, Map<String, String> headers, byte[] body) {
      headers.keySet().removeAll(OWN);
      return new Answered(status, headers, HexFormat.of().formatHex(body));
    }

    byte[] text() {
      return HexFormat.of().parseHex(bytes);
    }
  }
}
