package dev.tallyman.function.alert;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.Routes;
import dev.tallyman.api.site.DeliveryTrigger;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.channels.HttpSender;
import dev.tallyman.channels.ParallelDelivery;
import dev.tallyman.core.Pace;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Deliverer;
import dev.tallyman.core.delivery.Delivery;
import dev.tallyman.core.delivery.Delivery.Status;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Sender;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.lambda.Environment;
import dev.tallyman.lambda.HttpEvents;
import dev.tallyman.lambda.Log;
import dev.tallyman.lambda.Log.Level;
import dev.tallyman.lambda.Metric;
import dev.tallyman.lambda.Metrics;
import dev.tallyman.sns.SnsMail;
import dev.tallyman.sns.SnsTopic;
import dev.tallyman.ssm.ChannelSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The function that tells people: what the topic of crossings carries, and what somebody asks for
 * over the HTTP API, the test of a channel or one more delivery.
 */
public final class Handler implements RequestStreamHandler {
  /** What is left of an invocation when a delivery that is under way is broken off. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /** How long what was broken off may take to end. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** An HTTP API waits 30 seconds for an answer. */
  private static final Duration REQUEST = Duration.ofSeconds(22);

  private final TimeLeft timeLeft;
  private final Environment environment;
  private final SettingsStore stored;
  private final Deliverer deliverer;
  private final ParallelDelivery parallel;
  private final Log log;
  private final Metrics metrics;
  private final Routes routes;

  /** The function that the variables of this process describe; called by Lambda. */
  public Handler() {
    this(Setup.of(System.getenv()));
  }

  private Handler(Setup setup) {
    this(setup, new TimeLeft());
  }

  private Handler(Setup setup, TimeLeft left) {
    this(
        setup.environment(),
        DynamoDbStore.connect(setup.environment().table(), setup.environment().clock(), left),
        sender(setup, left),
        Log.standardOutput(setup.environment().clock()),
        left);
  }

  /**
   * A function over this store that hands over with this sender.
   *
   * @param environment its table is not looked at
   */
  Handler(Environment environment, Store store, Sender sender, Log log) {
    this(environment, store, sender, log, new TimeLeft());
  }

  private Handler(Environment environment, Store store, Sender sender, Log log, TimeLeft timeLeft) {
    this.timeLeft = timeLeft;
    this.environment = environment;
    this.stored = new SettingsStore(store);
    this.deliverer =
        new Deliverer(
            store, new Pace(environment.clock()), this::channel, sender, new SecureRandom());
    this.parallel = new ParallelDelivery(deliverer);
    this.log = log;
    this.metrics = new Metrics(log, environment.stack(), environment.clock());
    this.routes =
        environment.routes(
            store,
            _ -> new PollTrigger.Outcome.Failed("this function cannot poll"),
            new OnRequest(),
            metrics);
  }

  private static Sender sender(Setup setup, TimeLeft left) {
    ChannelSecrets secrets =
        ChannelSecrets.connect(setup.channelPath(), setup.environment().clock(), left);
    return new SecretRefresh(
        new HttpSender(
            SecretRefresh.current(secrets),
            Optional.of(SnsMail.connect(setup.mail(), left)::send),
            setup.local(),
            InstantSource.system()),
        secrets);
  }

  /**
   * Delivers what the event names, each channel by itself, within the time of the invocation. What
   * a channel does not take is tried again later and is no error.
   *
   * @throws IllegalArgumentException if the event is nothing that is known here
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
      HttpEvents.answer(event, routes::handle, output);
      return;
    }
    List<Map<String, Object>> made = deliver(references(event), left.minus(MARGIN));
    JSON.std.write(Map.of("deliveries", made), output);
  }

  /** What the messages of an event of SNS name. */
  private static List<Reference> references(Map<String, Object> event) {
    var references = new ArrayList<Reference>();
    if (event.get("Records") instanceof List<?> records) {
      for (Object each : records) {
        if (each instanceof Map<?, ?> entry
            && entry.get("Sns") instanceof Map<?, ?> message
            && message.get("Message") instanceof String text) {
          references.add(SnsTopic.reference(text));
        }
      }
    }
    if (references.isEmpty()) {
      throw new IllegalArgumentException(
          "This function understands the events of the topic of crossings, and those of an HTTP"
              + " API, payload format 2.0.");
    }
    return references;
  }

  private List<Map<String, Object>> deliver(List<Reference> references, Duration most) {
    List<Reference> parts =
        references.stream().flatMap(reference -> deliverer.parts(reference).stream()).toList();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<List<Delivery>>> tasks =
          threads.invokeAll(
              parts.stream()
                  .<Callable<List<Delivery>>>map(part -> () -> parallel.deliver(part))
                  .toList(),
              Math.max(0, most.toMillis()),
              TimeUnit.MILLISECONDS);
      var made = new ArrayList<Map<String, Object>>();
      RuntimeException failure = null;
      for (int i = 0; i < parts.size(); i++) {
        RuntimeException failed = told(parts.get(i), tasks.get(i), made);
        failure = failure == null ? failed : failure;
      }
      if (failure != null) {
        throw failure;
      }
      return made;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the function is about to end", e);
    } finally {
      end(threads);
    }
  }

  /** Nothing may go on in a later invocation, when another deliverer has made it long ago. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    try {
      threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells the log what became of a part; returns why it failed. */
  private @Nullable RuntimeException told(
      Reference part, Future<List<Delivery>> task, List<Map<String, Object>> made)
      throws InterruptedException {
    if (task.isCancelled()) {
      Map<String, Object> members = members(part);
      members.put("message", "the time of this invocation was used up; it is tried again");
      log.event(Level.WARN, "no_time", members);
      return null;
    }
    try {
      List<Delivery> deliveries = task.get();
      if (deliveries.isEmpty()) {
        Map<String, Object> members = members(part);
        members.put("message", "it was made already, waits for later, or is being made");
        log.event(Level.INFO, "nothing_to_deliver", members);
      }
      deliveries.forEach(delivery -> made.add(counted(part, delivery)));
      return null;
    } catch (ExecutionException e) {
      Map<String, Object> members = members(part);
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      members.put(
          "message",
          Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName()));
      log.event(Level.ERROR, "failed", members);
      return cause instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException("a delivery was not made", cause);
    }
  }

  private Map<String, Object> counted(Reference part, Delivery delivery) {
    boolean sent = delivery.status() == Status.SENT;
    boolean dead = delivery.status() == Status.DEAD || delivery.status() == Status.DISABLED;
    Map<String, Object> members = members(part);
    members.put("status", delivery.status().id());
    var line = new LinkedHashMap<>(members);
    line.put("attempts", delivery.attempts().size());
    if (!delivery.attempts().isEmpty()) {
      line.put("outcome", delivery.attempts().getLast().outcome());
    }
    delivery.nextAttempt().ifPresent(next -> line.put("next_attempt", next));
    metrics.event(
        sent ? Level.INFO : dead ? Level.ERROR : Level.WARN,
        "delivery",
        Map.of(Metric.DELIVERIES_SENT, sent ? 1 : 0, Metric.DELIVERIES_DEAD, dead ? 1 : 0),
        line);
    return members;
  }

  private static Map<String, Object> members(Reference part) {
    var members = new LinkedHashMap<String, Object>();
    members.put("organization", part.organization());
    members.put("notification", part.notification());
    part.channel().ifPresent(channel -> members.put("channel", channel));
    return members;
  }

  private Optional<Channel> channel(String name) {
    return Optional.ofNullable(
        environment.overrides().over(stored.load().settings()).channels().get(name));
  }

  /** What is delivered while somebody waits for the answer. */
  private final class OnRequest implements DeliveryTrigger {
    @Override
    public Sender.Outcome send(Channel channel, Notification test) {
      return deliverer.test(channel, test);
    }

    @Override
    public void repeat(Reference reference) {
      var _ = deliver(List.of(reference), REQUEST);
    }
  }
}
