package dev.tallyman.core.alert;

import dev.tallyman.core.Pace;
import dev.tallyman.core.alert.AlertStateStore.Held;
import dev.tallyman.core.alert.Conditions.Observed;
import dev.tallyman.core.alert.Rules.Decision;
import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.delivery.TopicException;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.poll.AfterPoll;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.poll.UsageApi;
import dev.tallyman.core.settings.AlertSettings;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.spend.Finding;
import dev.tallyman.core.spend.Spend;
import dev.tallyman.core.spend.Usage;
import dev.tallyman.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds out what people have to be told, writes it once, and publishes what is written: at the end
 * of each cycle. It may be repeated, run by many at once, or die at any call: what was decided and
 * what has to be said of it are one write, and what was written is published until it is known to
 * be. For the life of a process; safe for use by many threads.
 */
public final class Alerts implements AfterPoll {
  /** How much is told in one write; the rest follows at once in further ones. */
  private static final int MOST = 100;

  /** How long the provider is asked when a key expires, in real time. */
  private static final Duration KEY = Duration.ofSeconds(20);

  /** How many at once are put into one for those who read. */
  private static final int DIGEST_ABOVE = 5;

  private final Store store;
  private final Topic topic;
  private final InstantSource clock;
  private final Spend spend;
  private final Conditions conditions;

  /** Alerts of the organizations of a store, published to a topic. */
  public Alerts(Store store, Topic topic, InstantSource clock) {
    this.store = store;
    this.topic = topic;
    this.clock = clock;
    this.spend = new Spend(store);
    this.conditions = new Conditions(store, clock);
  }

  @Override
  public Result run(String organization, UsageApi api, Settings settings, Instant deadline) {
    AlertRun run =
        run(organization, settings, () -> api.adminKeyExpiry(keyDeadline(deadline)), deadline);
    var counts = new LinkedHashMap<String, Integer>();
    counts.put("triggered", run.triggered());
    counts.put("published", run.published());
    counts.put("repeated", run.repeated());
    return new Result("alerts", counts, run.trouble());
  }

  /**
   * Tells what is to be told of an organization.
   *
   * @param key asked once a day when its admin key expires
   * @param deadline when to have finished; what is left is told the next time
   */
  public AlertRun run(
      String organization, Settings settings, Supplier<KeyExpiry> key, Instant deadline) {
    Instant now = clock.instant();
    UsageSettings usageSettings = settings.usage();
    AlertSettings alertSettings = settings.alerts();
    List<Usage> usages = spend.used(organization, usageSettings, settings.budgets(), now);
    Observed observed =
        conditions.observe(
            organization, usageSettings, alertSettings.driftPercent(), usages, key, now);
    int triggered = decide(organization, settings, usages, observed, now, deadline);
    var deliveries = new Deliveries(store, organization);
    var troubles = new ArrayList<String>();
    int published = publish(organization, deliveries, deadline, troubles);
    int repeated = 0;
    try {
      repeated = repeat(deliveries, deadline);
    } catch (TopicException e) {
      troubles.add(e.getMessage());
    }
    // What takes longer, once what is urgent is on its way.
    spend.observe(
        organization,
        usageSettings,
        settings.budgets(),
        alertSettings.anomalyUsd(),
        now,
        quarter(deadline),
        clock);
    var drivers = new Drivers(store, organization, usageSettings, clock);
    List<Finding> past = spend.past(organization, usageSettings, now, quarter(deadline), clock);
    if (!past.isEmpty()) {
      writeDown(organization, alertSettings.publicUrl(), past, drivers, deliveries, now);
    }
    Observed unusual =
        Unusual.of(
            spend.projections(organization, usageSettings.groups(), usages, now),
            spend.anomalies(organization, usageSettings, alertSettings.anomalyUsd(), now),
            drivers,
            now);
    int more = decide(organization, settings, usages, unusual, now, deadline);
    if (more > 0) {
      triggered += more;
      published += publish(organization, deliveries, deadline, troubles);
    }
    return new AlertRun(triggered, published, repeated, troubles.stream().findFirst());
  }

  /** Asks for the deliveries that are due; returns how many. */
  public int repeat(String organization) {
    return repeat(new Deliveries(store, organization), Instant.MAX);
  }

  /**
   * Tells nothing of a budget or a condition for some time; what is still open then is told then.
   *
   * @param until when that ends; an instant that is over ends it now
   */
  public static void mute(
      Store store, String organization, String subject, Instant until, Instant now) {
    new AlertStateStore(store, organization).mute(subject, until, now);
  }

  private Instant keyDeadline(Instant deadline) {
    Instant longest = new Pace(clock).in(KEY);
    return longest.isBefore(deadline) ? longest : deadline;
  }

  private Instant quarter(Instant deadline) {
    Instant now = clock.instant();
    return now.plus(Duration.between(now, deadline).dividedBy(4));
  }

  private int decide(
      String organization,
      Settings settings,
      List<Usage> usages,
      Observed observed,
      Instant now,
      Instant deadline) {
    Recipients recipients =
        Recipients.of(
            settings.alerts().channels(),
            settings.alerts().conditions(),
            settings.channels().values());
    var states = new AlertStateStore(store, organization);
    int triggered = 0;
    while (true) {
      Held held = states.load();
      Decision decision =
          Rules.decide(
              held.state(), usages, observed.looked(), observed.holding(), recipients, now, MOST);
      if (decision.changes().isEmpty() && decision.state().equals(held.state())) {
        return triggered;
      }
      List<Notification> told =
          decision.changes().isEmpty()
              ? List.of()
              : words(
                  organization,
                  settings.usage(),
                  settings.alerts().publicUrl(),
                  decision.changes(),
                  recipients,
                  now);
      if (states.replace(held, decision.state().publishing(told))) {
        triggered += told.size();
        if (decision.changes().size() < MOST) {
          return triggered;
        }
      }
      if (!clock.instant().isBefore(deadline)) {
        return triggered;
      }
    }
  }

  private List<Notification> words(
      String organization,
      UsageSettings settings,
      Optional<String> publicUrl,
      List<AlertChange> changes,
      Recipients recipients,
      Instant now) {
    var drivers = new Drivers(store, organization, settings, clock);
    var wording = new Wording(organization, simulated(organization), publicUrl, now, drivers::name);
    var told = new ArrayList<Notification>();
    for (AlertChange change : changes) {
      told.add(
          switch (change) {
            case AlertChange.Crossed crossed ->
                wording.crossed(
                    crossed,
                    drivers.of(crossed.usage().budget(), crossed.usage().window()),
                    projection(organization, settings.groups(), crossed.usage(), now));
            case AlertChange.Recovered recovered -> wording.recovered(recovered);
            case AlertChange.Closed closed -> wording.closed(closed);
            case AlertChange.Removed removed -> wording.removed(removed);
            case AlertChange.Began began -> wording.began(began);
            case AlertChange.Ended ended -> wording.ended(ended);
          });
    }
    return gathered(told, recipients, wording);
  }

  /** Writes down, where people look, what is over, and tells it to nobody. */
  private void writeDown(
      String organization,
      Optional<String> publicUrl,
      List<Finding> past,
      Drivers drivers,
      Deliveries deliveries,
      Instant now) {
    boolean simulated = simulated(organization);
    for (Finding each : past) {
      Instant at = each.anomaly().end();
      var wording = new Wording(organization, simulated, publicUrl, at, drivers::name);
      deliveries.open(
          wording.began(new AlertChange.Began(Unusual.anomaly(each, drivers, at), List.of())), now);
    }
  }

  private boolean simulated(String organization) {
    return new Organizations(store).find(organization).map(Organization::simulated).orElse(false);
  }

  private Optional<String> projection(
      String organization, ModelGroups groups, Usage usage, Instant now) {
    return spend.projections(organization, groups, List.of(usage), now).stream()
        .findFirst()
        .flatMap(Unusual::told);
  }

  /** Puts what one channel would get at once into one, where people read it. */
  private static List<Notification> gathered(
      List<Notification> told, Recipients recipients, Wording wording) {
    var of = new LinkedHashMap<String, List<Notification>>();
    for (Notification each : told) {
      for (String channel : each.channels()) {
        if (!recipients.onePerMessage().contains(channel)) {
          of.computeIfAbsent(channel, _ -> new ArrayList<>()).add(each);
        }
      }
    }
    of.values().removeIf(members -> members.size() <= DIGEST_ABOVE);
    if (of.isEmpty()) {
      return told;
    }
    var alike = new LinkedHashMap<List<Notification>, List<String>>();
    of.forEach(
        (channel, members) -> alike.computeIfAbsent(members, _ -> new ArrayList<>()).add(channel));
    var digests = new LinkedHashMap<Notification, List<Notification>>();
    alike.forEach((members, channels) -> digests.put(wording.digest(members, channels), members));
    var gathered = new ArrayList<Notification>();
    for (Notification each : told) {
      List<String> within =
          digests.entrySet().stream()
              .filter(digest -> digest.getValue().contains(each))
              .map(digest -> digest.getKey().id())
              .toList();
      gathered.add(
          within.isEmpty()
              ? each
              : each.within(
                  within, each.channels().stream().filter(name -> !of.containsKey(name)).toList()));
    }
    gathered.addAll(digests.keySet());
    return gathered;
  }

  /**
   * Publishes what is written, oldest first, and then takes it out of the outbox. What the topic
   * does not accept stays, and keeps nothing else from being published. What cannot be stored is
   * set aside: it is named, and published without its details.
   */
  private int publish(
      String organization, Deliveries deliveries, Instant deadline, List<String> troubles) {
    var states = new AlertStateStore(store, organization);
    var published = new HashSet<String>();
    try {
      for (Notification notification : states.load().state().outbox()) {
        Instant now = clock.instant();
        if (!now.isBefore(deadline)) {
          break;
        }
        try {
          topic.publish(opened(deliveries, notification, now, troubles));
          published.add(notification.id());
        } catch (TopicException e) {
          troubles.add(e.getMessage());
        }
      }
    } finally {
      if (!published.isEmpty()) {
        states.published(published);
      }
    }
    return published.size();
  }

  /** The notification as it could be written into the log: whole, or without its details. */
  private static Notification opened(
      Deliveries deliveries, Notification notification, Instant now, List<String> troubles) {
    try {
      deliveries.open(notification, now);
      return notification;
    } catch (IllegalArgumentException e) {
      troubles.add(
          "The alert %s (%s) cannot be stored, since %s; it was set aside and is published without its details. See where %s stands."
              .formatted(
                  notification.id(),
                  notification.headline(),
                  e.getMessage(),
                  notification.subject()));
      Notification kept =
          notification.withoutDetails(
              "They were too long to be stored; see where " + notification.subject() + " stands.");
      deliveries.open(kept, now);
      return kept;
    }
  }

  private int repeat(Deliveries deliveries, Instant deadline) {
    int repeated = 0;
    for (Reference due : deliveries.due(clock.instant())) {
      if (!clock.instant().isBefore(deadline)) {
        break;
      }
      topic.repeat(due);
      repeated++;
    }
    return repeated;
  }
}
