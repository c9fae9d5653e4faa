package dev.tallyman.function.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import dev.tallyman.lambda.Environment;
import dev.tallyman.lambda.Event;
import dev.tallyman.lambda.Log;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HandlerTest {
  private static final Tokens.Token VIEWER = Tokens.create(Role.VIEWER, new SecureRandom());
  private static final Tokens.Token OPERATOR = Tokens.create(Role.OPERATOR, new SecureRandom());

  private final MovableClock clock = MovableClock.at("2026-11-21T09:30:00Z");
  private final InMemoryStore store = new InMemoryStore(clock);
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Map<String, String> variables =
      new HashMap<>(
          Map.of(
              "TABLE_NAME",
              "ledger",
              "STACK_NAME",
              "tally",
              "VIEWER_TOKEN_HASHES",
              VIEWER.hash(),
              "OPERATOR_TOKEN_HASHES",
              OPERATOR.hash()));

  @Test
  void withoutATokenItAnswersHealthOnly() throws IOException {
    assertThat(send(Event.get("/api/health"))).containsEntry("statusCode", 200);
    assertThat(send(Event.get("/api/usage")))
        .containsEntry("statusCode", 401)
        .extractingByKey("body")
        .asString()
        .contains("tallyman token new");
    assertThat(send(token(Event.get("/api/usage"), VIEWER))).containsEntry("statusCode", 200);
  }

  @Test
  void withAnonymousReadItAnswersReadersWithoutOne() throws IOException {
    variables.put("ANONYMOUS_READ", "true");

    assertThat(send(Event.get("/api/usage"))).containsEntry("statusCode", 200);
    assertThat(send(Event.of("POST", "/api/poll", ""))).containsEntry("statusCode", 401);
  }

  @Test
  void aSessionGoesByTheCookiesOfTheEvent() throws IOException {
    Map<String, Object> opened =
        send(
            Event.of("POST", "/api/v1/session", "")
                .header("content-type", "application/json")
                .with("body", "{\"token\":\"" + VIEWER.text() + "\"}"));
    String cookie = cookie(opened);
    Event asking = Event.get("/api/usage").with("cookies", List.of("a=b", pair(cookie)));

    assertThat(cookie).endsWith("; HttpOnly; SameSite=Strict; Secure");
    assertThat(send(asking)).containsEntry("statusCode", 200);
    assertThat(
            send(
                Event.of("DELETE", "/api/v1/session", "")
                    .header("origin", "https://abc.execute-api.us-east-1.amazonaws.com")
                    .with("cookies", List.of(pair(cookie)))))
        .containsEntry("statusCode", 204);
    assertThat(send(asking)).containsEntry("statusCode", 401);
  }

  @Test
  void itCannotPollAndSaysWhatCan() throws IOException {
    assertThat(send(token(Event.of("POST", "/api/poll", ""), OPERATOR)).get("body"))
        .asString()
        .contains("template.yaml");
  }

  @Test
  void anotherSitesPageReadsWhereThatIsConfigured() throws IOException {
    variables.put("CORS_ORIGINS", "https://costs.example.com");
    Event health = Event.get("/api/health").header("origin", "https://costs.example.com");

    assertThat(send(health).get("headers"))
        .asString()
        .contains("Access-Control-Allow-Origin=https://costs.example.com");
  }

  @Test
  void eachAnswerIsCountedInOneLine() throws IOException {
    send(token(Event.of("GET", "/api/usage", "org=default"), VIEWER));
    Map<String, Object> line = JSON.std.mapFrom(log.toByteArray());

    assertThat(log.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    assertThat(line)
        .containsEntry("Stack", "tally")
        .containsEntry("ApiErrors", 0)
        .containsEntry("level", "INFO")
        .containsEntry("event", "request")
        .containsEntry("organization", "default")
        .containsEntry("status", 200)
        .containsEntry("role", "viewer")
        .containsEntry("request_id", "JKJaXmPLvHcESHA")
        .containsKeys("_aws", "ApiMilliseconds", "route", "path", "ms");
    assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain(VIEWER.text());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStoreThatFailsIsAnAnswerAndAnError(boolean passing) throws IOException {
    Map<String, Object> answer = send(token(Event.get("/api/usage"), VIEWER), new Failing(passing));

    assertThat(answer).containsEntry("statusCode", 503);
    assertThat(answer.get("headers")).asString().contains("Retry-After=1");
    assertThat(answer.get("body")).asString().doesNotContain("secret");
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("\"level\":\"ERROR\"", "\"ApiErrors\":1", "StoreException at ")
        .doesNotContain("secret");
  }

  @Test
  void aBodyOfSixMegabytesIsRefused() throws IOException {
    Event large =
        Event.of("PUT", "/api/v1/settings", "")
            .header("content-type", "application/json")
            .with("body", "\"".repeat(3 * 1024 * 1024));

    assertThat(send(token(large, OPERATOR))).containsEntry("statusCode", 413);
  }

  /** A session opened by an instance whose clock is ahead ends no later than its cookie says. */
  @Test
  void clocksOfInstancesMayDiffer() throws IOException {
    clock.advance(Duration.ofMinutes(5));
    Map<String, Object> opened = send(token(Event.of("POST", "/api/v1/session", ""), VIEWER));
    String cookie = cookie(opened);
    Event asking = Event.get("/api/usage").with("cookies", List.of(pair(cookie)));

    clock.advance(Duration.ofMinutes(-5));
    assertThat(send(asking)).containsEntry("statusCode", 200);
    clock.advance(Duration.ofHours(12).plusMinutes(5));
    assertThat(send(asking)).containsEntry("statusCode", 401);
  }

  @Test
  void anotherEventIsAnErrorThatSaysWhatIsUnderstood() {
    var poll = new ByteArrayInputStream("{\"action\":\"poll\"}".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> handler(store).answer(poll, new ByteArrayOutputStream()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("HTTP API");
  }

  @Test
  void theUsualOrganizationIsTheOneThatThereIs() throws IOException {
    store.put(
        new Item(
            new Key("ORGANIZATIONS", "acme"),
            1,
            Optional.empty(),
            Bytes.copyOf(Document.encode(Map.of("simulated", false, "first", 1_790_000_000L)))),
        new Condition.Always());

    send(token(Event.get("/api/usage"), VIEWER));

    assertThat(JSON.std.mapFrom(log.toByteArray())).containsEntry("organization", "acme");
  }

  static List<String> rehearsed() {
    return Handler.REHEARSED;
  }

  @ParameterizedTest
  @MethodSource("rehearsed")
  void whatIsRehearsedIsThere(String target) throws IOException {
    String[] parts = target.split("\\?", 2);
    String query = parts.length > 1 ? parts[1] : "";

    assertThat(send(token(Event.of("GET", parts[0], query), VIEWER)))
        .containsEntry("statusCode", 200);
  }

  @Test
  void aRehearsalReadsAndWritesNothing() {
    var watched = new WatchedStore(store);

    Handler.rehearse(Environment.of(variables), () -> watched);

    assertThat(watched.calls()).isGreaterThan(Handler.REHEARSED.size());
    assertThat(watched.written).isEmpty();
    assertThat(watched.removed).isEmpty();
    assertThat(log.size()).isZero();
  }

  @Test
  void aRehearsalNeedsNoStoreThatAnswers() {
    Handler.rehearse(Environment.of(variables), () -> new Failing(true));
  }

  private Map<String, Object> send(Event event) throws IOException {
    return send(event, store);
  }

  private Map<String, Object> send(Event event, Store over) throws IOException {
    var out = new ByteArrayOutputStream();
    handler(over).answer(event.stream(), out);
    return JSON.std.mapFrom(out.toByteArray());
  }

  private Handler handler(Store over) {
    Environment read = Environment.of(variables);
    return new Handler(
        new Environment(
            read.table(), read.stack(), clock, read.overrides(), read.permits(), read.access()),
        over,
        new Log(new PrintStream(log, true, StandardCharsets.UTF_8), clock));
  }

  private static Event token(Event event, Tokens.Token token) {
    return event.header("authorization", "Bearer " + token.text());
  }

  private static String cookie(Map<String, Object> answer) {
    if (answer.get("cookies") instanceof List<?> cookies
        && cookies.getFirst() instanceof String cookie) {
      return cookie;
    }
    throw new AssertionError("no cookie in " + answer);
  }

  private static String pair(String cookie) {
    return cookie.substring(0, cookie.indexOf(';'));
  }

  /** As the store in DynamoDB does when it is throttled or silent, or when it may not. */
  private record Failing(boolean passing) implements Store {
    @Override
    public Optional<Item> get(Key key) {
      throw failure();
    }

    @Override
    public List<Item> range(String partition, String from, String to, Order order, int limit) {
      throw failure();
    }

    @Override
    public PutResult put(Item item, Condition condition) {
      throw failure();
    }

    @Override
    public boolean delete(Key key, Condition condition) {
      throw failure();
    }

    @Override
    public void purge() {
      throw failure();
    }

    @Override
    public Optional<String> check() {
      return Optional.of("secret");
    }

    @Override
    public void close() {
      // Nothing is open.
    }

    private StoreException failure() {
      return new StoreException("secret", passing);
    }
  }
}
