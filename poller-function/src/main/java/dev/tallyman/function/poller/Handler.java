package dev.tallyman.function.poller;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.Pace;
import dev.tallyman.core.alert.Alerts;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.PollJob;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.store.Store;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.lambda.HttpEvents;
import dev.tallyman.lambda.Log;
import dev.tallyman.lambda.Log.Level;
import dev.tallyman.lambda.Metrics;
import dev.tallyman.sns.SnsTopic;
import dev.tallyman.ssm.AdminKeys;
import dev.tallyman.ssm.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The function that reads the provider: {@code {"action":"poll"}} as the schedule sends it, {@code
 * {"action":"backfill","from":"2026-01-01"}}, and requests to an HTTP API.
 */
public final class Handler implements RequestStreamHandler {
  /** What is left of an invocation for what was begun to end. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  /** An HTTP API waits 30 seconds for an answer. */
  private static final Duration REQUEST = Duration.ofSeconds(25);

  /** In the words of the system whose page shows it. */
  private static final String KEY_REQUIRED =
      "OPENAI_ADMIN_KEY is required for usage reconciliation. Get one from"
          + " https://platform.openai.com/settings/organization/admin-keys: ";

  private final TimeLeft timeLeft;
  private final Setup setup;
  private final Store store;
  private final AllOrganizations organizations;
  private final Pace pace;
  private final Metrics metrics;

  /** The function that the variables of this process describe; called by Lambda. */
  public Handler() {
    this(Setup.of(System.getenv()));
  }

  private Handler(Setup setup) {
    this(setup, Log.standardOutput(setup.environment().clock()), new TimeLeft());
  }

  private Handler(Setup setup, Log log, TimeLeft left) {
    this(
        setup,
        DynamoDbStore.connect(setup.environment().table(), setup.environment().clock(), left),
        AdminKeys.connect(setup.keyPath(), setup.environment().clock(), left),
        SnsTopic.connect(
            setup.topic(),
            setup.bus(),
            lost -> log.event(Level.WARN, "bus_refused", Map.of("message", lost.getMessage())),
            left),
        log,
        left);
  }

  /**
   * A function over this store and these keys, which publishes to this topic.
   *
   * @param setup the names of these in it are not looked at
   */
  Handler(Setup setup, Store store, AdminKeys keys, Topic topic, Log log) {
    this(setup, store, keys, topic, log, new TimeLeft());
  }

  private Handler(
      Setup setup, Store store, AdminKeys keys, Topic topic, Log log, TimeLeft timeLeft) {
    this.timeLeft = timeLeft;
    this.setup = setup;
    this.store = store;
    this.pace = new Pace(setup.environment().clock());
    this.metrics = new Metrics(log, setup.environment().stack(), pace.clock());
    var poller = new Poller(store, pace.clock());
    this.organizations =
        new AllOrganizations(
            store,
            setup.environment().overrides(),
            keys,
            new Providers(keys, setup.openAi(), setup.variables(), pace.clock()),
            poller,
            new PollJob(
                poller,
                List.of(new Alerts(store, topic, pace.clock())),
                pace,
                new PollLog(log, metrics, pace.clock())),
            setup.history(),
            pace,
            log);
  }

  /**
   * Does what the event asks for, within the time of the invocation. What a provider does not
   * answer is kept in the cycle record and is no error.
   *
   * @throws IllegalArgumentException if the event asks for nothing that is known here
   * @throws UnavailableException if there is no key, or none can be read
   * @throws dev.tallyman.core.store.StoreException if the store fails
   */
  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis());
    Map<String, Object> event = HttpEvents.read(input);
    boolean asked = HttpEvents.isRequest(event);
    timeLeft.begin(asked && REQUEST.compareTo(left) < 0 ? REQUEST : left);
    if (asked) {
      Duration longest = left.minus(MARGIN);
      Instant deadline = pace.in(longest.compareTo(REQUEST) < 0 ? longest : REQUEST);
      var routes = setup.environment().routes(store, polls(deadline), metrics);
      HttpEvents.answer(event, routes::handle, output);
      return;
    }
    Instant deadline = pace.in(left.minus(MARGIN));
    Map<String, Object> answer =
        switch (String.valueOf(event.get("action"))) {
          case "poll" -> Map.of("organizations", organizations.poll(deadline));
          case "backfill" -> backfill(event, deadline);
          default ->
              throw new IllegalArgumentException(
                  "This function understands {\"action\":\"poll\"},"
                      + " {\"action\":\"backfill\",\"from\":\"2026-01-01\"} and the events of an"
                      + " HTTP API, payload format 2.0.");
        };
    JSON.std.write(answer, output);
  }

  private PollTrigger polls(Instant deadline) {
    return new PollTrigger() {
      @Override
      public Outcome poll(String organization) {
        try {
          PollJob.Result result = organizations.poll(organization, "api", deadline);
          return switch (result.outcome()) {
            case CycleOutcome.Ran ran -> new Outcome.Done(ran.cycle(), result.count("triggered"));
            case CycleOutcome.AlreadyRunning() -> new Outcome.AlreadyRunning();
            case CycleOutcome.WrongOrganization(String message) -> new Outcome.Failed(message);
          };
        } catch (UnavailableException e) {
          return new Outcome.Failed(e.getMessage());
        } catch (NoKeyException e) {
          return new Outcome.Failed(e.getMessage());
        }
      }

      @Override
      public DayOutcome reread(String organization, LocalDate day) {
        try {
          return organizations.reread(organization, day, deadline);
        } catch (UnavailableException e) {
          return new DayOutcome.Refused(KEY_REQUIRED + e.getMessage());
        } catch (NoKeyException e) {
          return new DayOutcome.Refused(KEY_REQUIRED + e.getMessage());
        }
      }
    };
  }

  private Map<String, Object> backfill(Map<String, Object> event, Instant deadline) {
    Instant now = pace.clock().instant();
    Instant from = day(event, "from").orElseThrow(() -> wrong("from", "is missing"));
    if (!from.isBefore(now)) {
      throw wrong("from", "lies in the future");
    }
    if (day(event, "to").filter(to -> !from.isBefore(to)).isPresent()) {
      throw wrong("to", "is not after from");
    }
    Optional<String> organization =
        Optional.ofNullable(event.get("organization")).map(Object::toString);
    List<AllOrganizations.Filling> fillings = organizations.backfill(from, organization, deadline);
    Instant today = now.truncatedTo(ChronoUnit.DAYS);
    var answer = new LinkedHashMap<String, Object>();
    answer.put("done", fillings.stream().allMatch(AllOrganizations.Filling::done));
    fillings.stream()
        .map(filling -> filling.reached().orElse(today))
        .max(Instant::compareTo)
        .ifPresent(reached -> answer.put("reached", reached.toString()));
    answer.put("wanted", from.toString());
    answer.put("organizations", fillings.stream().map(Handler::told).toList());
    return answer;
  }

  private static Map<String, Object> told(AllOrganizations.Filling filling) {
    var told = new LinkedHashMap<String, Object>();
    told.put("organization", filling.organization());
    told.put("done", filling.done());
    filling.reached().ifPresent(reached -> told.put("reached", reached.toString()));
    if (filling.message() != null) {
      told.put("message", filling.message());
    }
    return told;
  }

  /** The beginning of the UTC day in a member of an event. */
  private static Optional<Instant> day(Map<String, Object> event, String name) {
    Object value = event.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDate.parse(value.toString()).atStartOfDay(ZoneOffset.UTC).toInstant());
    } catch (DateTimeException _) {
      throw wrong(name, "is no day");
    }
  }

  private static IllegalArgumentException wrong(String name, String what) {
    return new IllegalArgumentException(
        "The event's " + name + " " + what + "; write a day in UTC such as 2026-01-01.");
  }
}
