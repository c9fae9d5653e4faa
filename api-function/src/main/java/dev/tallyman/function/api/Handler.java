package dev.tallyman.function.api;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.Site;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.store.Store;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.lambda.Environment;
import dev.tallyman.lambda.HttpEvents;
import dev.tallyman.lambda.Log;
import dev.tallyman.lambda.Metrics;
import dev.tallyman.lambda.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The function behind the HTTP API: it reads the ledger, and holds no key of the provider. */
public final class Handler implements RequestStreamHandler {
  private static final String HOLDS_NO_KEY =
      "This function holds no admin key and cannot poll. The routes POST /api/poll and POST"
          + " /api/reconcile of the HTTP API lead to the function that can: deploy template.yaml"
          + " again.";

  /** One of each family of routes, and each form of answers. */
  static final List<String> REHEARSED =
      List.of(
          "/",
          "/api/usage",
          "/api/history",
          "/api/v1/query?by=model",
          "/api/v1/query?by=model&format=csv",
          "/api/v1/organizations",
          "/api/v1/models",
          "/api/v1/polls",
          "/api/v1/settings",
          "/api/v1/budgets",
          "/api/v1/alerts",
          "/api/v1/channels",
          "/api/v1/focus",
          "/api/v1/openapi.json",
          "/v1/organization/usage/completions?start_time=1767225600",
          "/v1/organization/costs?start_time=1767225600",
          "/metrics",
          // The page reads and compresses all its files when it is first asked for.
          "/dashboard");

  private final TimeLeft timeLeft;
  private final Routes routes;

  /** The function that the variables of this process describe; called by Lambda. */
  public Handler() {
    this(Environment.of(System.getenv()));
  }

  private Handler(Environment environment) {
    this(environment, new TimeLeft());
  }

  private Handler(Environment environment, TimeLeft left) {
    this(
        environment,
        DynamoDbStore.connect(environment.table(), environment.clock(), left),
        Log.standardOutput(environment.clock()),
        left);
    Snapshot.around(
        () ->
            rehearse(
                environment,
                () -> DynamoDbStore.connectBriefly(environment.table(), environment.clock())),
        () -> {
          // Nothing to renew: no socket was open, no secret known, and ids are drawn when needed.
        });
  }

  /**
   * A function over this store.
   *
   * @param environment its table is not looked at
   */
  Handler(Environment environment, Store store, Log log) {
    this(environment, store, log, new TimeLeft());
  }

  private Handler(Environment environment, Store store, Log log, TimeLeft timeLeft) {
    this.timeLeft = timeLeft;
    this.routes =
        environment.routes(
            store,
            PollTrigger.none(HOLDS_NO_KEY),
            new Metrics(log, environment.stack(), environment.clock()));
  }

  /**
   * Answers one request.
   *
   * @throws IllegalArgumentException if the event is no request to an HTTP API
   */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    timeLeft.begin(Duration.ofMillis(context.getRemainingTimeInMillis()));
    answer(input, output);
  }

  void answer(InputStream input, OutputStream output) throws IOException {
    Map<String, Object> event = HttpEvents.read(input);
    if (!HttpEvents.isRequest(event)) {
      throw new IllegalArgumentException(
          "This function understands the events of an HTTP API, payload format 2.0, and nothing"
              + " else; the event has no requestContext.http.");
    }
    HttpEvents.answer(event, routes::handle, output);
  }

  /**
   * Answers one request of each kind, to nobody, so that a snapshot has in it what the first
   * request needs. What the store answers makes no difference: it may be out of reach.
   */
  static void rehearse(Environment environment, Supplier<Store> connection) {
    try (Store store = connection.get()) {
      var everybody = new Access(Set.of(), Set.of(), false, true, Set.of());
      var routes =
          new Routes(
              new Site(
                  store,
                  environment.clock(),
                  Site.usual(store),
                  environment.overrides()::over,
                  environment.permits(),
                  () -> everybody,
                  PollTrigger.none(HOLDS_NO_KEY),
                  handled -> handled.members()));
      for (String target : REHEARSED) {
        String[] parts = target.split("\\?", 2);
        var event =
            Map.of(
                "version",
                "2.0",
                "rawPath",
                parts[0],
                "rawQueryString",
                parts.length > 1 ? parts[1] : "",
                "headers",
                Map.of("accept-encoding", "gzip"),
                "requestContext",
                Map.of("http", Map.of("method", "GET"), "stage", "$default"));
        HttpEvents.answer(event, routes::handle, new ByteArrayOutputStream());
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
