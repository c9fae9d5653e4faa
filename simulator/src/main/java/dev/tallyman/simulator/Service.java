package dev.tallyman.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Answers each request as the provider does, or as it fails to. */
final class Service implements HttpHandler {
  private static final String PREFIX = "/v1/organization/";
  private static final String USAGE_SCOPE = "api.usage.read";
  private static final String NAMES_SCOPE = "api.management.read";
  private static final String ADMIN = "sk-admin-";
  private static final String JSON = "application/json";
  private static final String HTML = "text/html; charset=UTF-8";
  private static final String BAD_GATEWAY =
      """
      <html>
      <head><title>502 Bad Gateway</title></head>
      <body>
      <center><h1>502 Bad Gateway</h1></center>
      <hr><center>cloudflare</center>
      </body>
      </html>
      """;

  static {
    // The JDK's server writes headers and body apart; without this, each answer of up to 64 kB on
    // a connection that is used again waits 40 ms for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final World world;
  private final Charges charges;
  private final InstantSource clock;
  private final Set<Fault> faults;
  private final Optional<String> adminKey;
  private final Map<String, Set<String>> restricted;
  private final Duration hang;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();
  private final AtomicLong requests = new AtomicLong();
  private final Map<String, AtomicLong> requestsOf = new ConcurrentHashMap<>();

  Service(
      World world,
      Charges charges,
      InstantSource clock,
      Set<Fault> faults,
      Optional<String> adminKey,
      Map<String, Set<String>> restricted,
      Duration hang) {
    this.world = world;
    this.charges = charges;
    this.clock = clock;
    this.faults = faults;
    this.adminKey = adminKey;
    this.restricted = restricted;
    this.hang = hang;
  }

  /** Whether a request hangs. */
  boolean hangs() {
    return hanging.get() > 0;
  }

  /** Lets go of the requests that hang. */
  void close() {
    closed.countDown();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      long number = requests.getAndIncrement();
      var headers = exchange.getResponseHeaders();
      headers.set("x-tallyman-simulated", "true");
      headers.set("openai-organization", world.organization().id());
      headers.set("openai-version", "2020-10-01");
      headers.set("openai-processing-ms", Long.toString(20 + number % 80));
      headers.set("x-request-id", "req_" + Hash.text(Hash.of(world.seed(), number, 40), 32));
      try (var body = exchange.getRequestBody()) {
        body.skipNBytes(body.available());
      }
      String path = exchange.getRequestURI().getPath();
      long turn = requestsOf.computeIfAbsent(path, _ -> new AtomicLong()).getAndIncrement();
      Optional<Fault> fault = fault(path, turn);
      if (fault.isEmpty() || fault.get() == Fault.TRUNCATED) {
        answer(exchange, path, turn, fault.isPresent());
      } else {
        fail(exchange, fault.get(), bits(path, turn));
      }
    }
  }

  private long bits(String path, long turn) {
    return Hash.of(Hash.of(world.seed(), path), turn);
  }

  /** What goes wrong with a request; never with three requests for the same path in a row. */
  private Optional<Fault> fault(String path, long turn) {
    Fault now = drawn(path, turn);
    boolean spared = turn >= 2 && drawn(path, turn - 1) != null && drawn(path, turn - 2) != null;
    return spared ? Optional.empty() : Optional.ofNullable(now);
  }

  private @Nullable Fault drawn(String path, long turn) {
    int draw = Hash.below(bits(path, turn), 1000);
    Fault fault =
        draw < 40
            ? Fault.RATE_LIMIT
            : draw < 80
                ? Fault.SERVER_ERROR
                : draw < 95
                    ? Fault.NOT_FOUND
                    : draw < 103 ? Fault.HANG : draw < 133 ? Fault.TRUNCATED : null;
    return fault != null && faults.contains(fault) ? fault : null;
  }

  private void fail(HttpExchange exchange, Fault fault, long bits) throws IOException {
    int kind = Hash.below(Hash.of(bits, 1), 8);
    switch (fault) {
      case HANG -> {
        hanging.incrementAndGet();
        try {
          // Nobody is told anything; closing the exchange then breaks the connection.
          if (closed.await(hang.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        } finally {
          hanging.decrementAndGet();
        }
      }
      case NOT_FOUND -> refuse(exchange, invalidUrl(exchange));
      case SERVER_ERROR -> {
        switch (kind) {
          case 0, 1 -> send(exchange, 502, HTML, BAD_GATEWAY);
          case 2, 3 ->
              refuse(
                  exchange,
                  new Refusal(
                      503,
                      "service_unavailable_error",
                      "The server is currently overloaded. Please try again later.",
                      null,
                      "slow_down"));
          default ->
              refuse(
                  exchange,
                  new Refusal(
                      500,
                      "server_error",
                      "The server had an error while processing your request. Sorry about that!",
                      null,
                      null));
        }
      }
      case RATE_LIMIT -> {
        if (kind == 0) {
          refuse(
              exchange,
              new Refusal(
                  429,
                  "insufficient_quota",
                  "You exceeded your current quota, please check your plan and billing details.",
                  null,
                  "insufficient_quota"));
          return;
        }
        if (kind % 2 == 0) {
          exchange.getResponseHeaders().set("Retry-After", "1");
        }
        refuse(
            exchange,
            new Refusal(
                429,
                "requests",
                "Rate limit reached for organization "
                    + world.organization().id()
                    + " on requests per min (RPM): Limit 60, Used 60, Requested 1."
                    + " Please try again in 1s.",
                null,
                "rate_limit_exceeded"));
      }
      case LATE, RESTATED, MISSING, NULLS, TRUNCATED, DECIMALS, PAGE_TOKEN ->
          throw new IllegalArgumentException(fault + " is no way to fail a request");
    }
  }

  private void answer(HttpExchange exchange, String path, long turn, boolean truncated)
      throws IOException {
    Json answer;
    try {
      answer = find(exchange, path, turn);
    } catch (Refusal refusal) {
      refuse(exchange, refusal);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", JSON);
    if (truncated) {
      cut(exchange, answer, bits(path, turn));
      return;
    }
    var outlet = new Outlet(exchange, 200);
    write(answer, outlet);
    outlet.close();
  }

  private static void write(Json answer, OutputStream to) throws IOException {
    try (JsonGenerator json =
        Json.FACTORY.createGenerator(to).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
      answer.write(json);
    }
  }

  /** Sends the first part of an answer: as if it were all, or and then nothing. */
  private static void cut(HttpExchange exchange, Json answer, long bits) throws IOException {
    var whole = new ByteArrayOutputStream();
    write(answer, whole);
    int kept = 1 + Hash.below(Hash.of(bits, 2), Math.max(1, whole.size() - 2));
    boolean broken = Hash.below(Hash.of(bits, 3), 2) == 0;
    exchange.sendResponseHeaders(200, broken ? whole.size() : kept);
    OutputStream body = exchange.getResponseBody();
    body.write(whole.toByteArray(), 0, kept);
    body.flush();
    // A body that is left open when the exchange is closed breaks the connection.
    if (!broken) {
      body.close();
    }
  }

  private Json find(HttpExchange exchange, String path, long turn) {
    String scope =
        path.startsWith(PREFIX + "usage/") || path.equals(PREFIX + "costs")
            ? USAGE_SCOPE
            : NAMES_SCOPE;
    authorize(exchange.getRequestHeaders().getFirst("Authorization"), scope, path);
    if (!path.startsWith(PREFIX) || path.endsWith("/")) {
      throw invalidUrl(exchange);
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      throw new Refusal(
          405,
          Refusal.INVALID,
          "Not allowed to "
              + exchange.getRequestMethod()
              + " on "
              + path
              + ". (HINT: Perhaps you meant to use a different HTTP method?)",
          null,
          "method_not_supported");
    }
    var parameters = new Parameters(exchange.getRequestURI().getRawQuery());
    List<String> parts = List.of(path.substring(PREFIX.length()).split("/", -1));
    Instant now = clock.instant();
    var answers = new Answers(world, charges, faults, now, bits(path, turn));
    if (parts.getFirst().equals("usage")
        && parts.size() == 2
        && UsageEndpoint.of(parts.get(1)) instanceof Known endpoint) {
      Question question = Question.usage(endpoint, path, parameters, now);
      return json -> answers.usage(json, endpoint, question);
    }
    if (parts.equals(List.of("costs"))) {
      Question question = Question.costs(path, parameters, now);
      return json -> answers.costs(json, question);
    }
    return new Directory(world.organization(), now)
        .answer(parts, parameters)
        .orElseThrow(() -> invalidUrl(exchange));
  }

  private void authorize(@Nullable String header, String scope, String path) {
    if (header == null || !header.startsWith("Bearer ")) {
      throw new Refusal(
          401, Refusal.INVALID, "Missing bearer authentication in header", null, null);
    }
    String key = header.substring("Bearer ".length()).strip();
    Set<String> scopes = restricted.get(key);
    if (scopes != null) {
      if (!scopes.contains(scope)) {
        throw missing(scope, path);
      }
      return;
    }
    if (key.startsWith(ADMIN) && adminKey.map(key::equals).orElse(true)) {
      return;
    }
    if (key.startsWith("sk-") && !key.startsWith(ADMIN)) {
      throw missing(scope, path);
    }
    throw new Refusal(
        401,
        Refusal.INVALID,
        "Incorrect API key provided: "
            + redacted(key)
            + ". You can find your API key at https://platform.openai.com/account/api-keys.",
        null,
        "invalid_api_key");
  }

  private static String redacted(String key) {
    return key.length() <= 12
        ? "*".repeat(key.length())
        : key.substring(0, 8) + "*".repeat(8) + key.substring(key.length() - 4);
  }

  /** Seen with 403 and with 401: here with 401 for costs. */
  private static Refusal missing(String scope, String path) {
    return new Refusal(
        path.endsWith("/costs") ? 401 : 403,
        Refusal.INVALID,
        "You have insufficient permissions for this operation. Missing scopes: "
            + scope
            + ". Check that you have the correct role in your organization, and if you're using a"
            + " restricted API key, that it has the necessary scopes.",
        null,
        null);
  }

  private static Refusal invalidUrl(HttpExchange exchange) {
    return new Refusal(
        404,
        Refusal.INVALID,
        "Invalid URL ("
            + exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI().getPath()
            + ")",
        null,
        null);
  }

  private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
    var body = new ByteArrayOutputStream();
    write(
        json -> {
          json.writeStartObject();
          if (refusal.type().equals(Refusal.BARE)) {
            json.writeNumberField("code", refusal.status());
            json.writeStringField("message", refusal.text());
          } else {
            json.writeObjectFieldStart("error");
            json.writeStringField("message", refusal.text());
            json.writeStringField("type", refusal.type());
            json.writeStringField("param", refusal.param());
            json.writeStringField("code", refusal.code());
            json.writeEndObject();
          }
          json.writeEndObject();
        },
        body);
    send(exchange, refusal.status(), JSON, body.toString(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }
}
