package dev.tallyman.api.v1;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Pagination;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.message.Route.Form;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Table;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.api.v1.AlertShapes.Alert;
import dev.tallyman.api.v1.AlertShapes.Crossing;
import dev.tallyman.api.v1.AlertShapes.Crossings;
import dev.tallyman.api.v1.AlertShapes.Target;
import dev.tallyman.api.v1.AlertShapes.Tested;
import dev.tallyman.core.alert.Budgets;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Delivery;
import dev.tallyman.core.delivery.Delivery.Status;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Sender.Outcome;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.delivery.TopicException;
import dev.tallyman.core.settings.Settings;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What people were told, over which channels, and what became of it. */
public final class AlertRoutes {
  private static final int USUAL_DAYS = 30;
  private static final int SOURCE_DAYS = 7;
  private static final int MOST_DAYS = 400;
  private static final int MOST_OF_POOLS = 100;
  private static final int AT_ONCE = 1000;
  private static final String POOL = "pool-";
  private static final Set<Notification.Type> CROSSINGS =
      Set.of(Notification.Type.BUDGET_WARNING, Notification.Type.BUDGET_EXCEEDED);

  private static final Parameter POOL_DAYS =
      Parameter.integer("days", 0, MOST_DAYS, "How many days back.").byDefault(SOURCE_DAYS);
  private static final Parameter DAYS =
      Parameter.integer("days", 0, MOST_DAYS, "How many days back.").byDefault(USUAL_DAYS);
  private static final Parameter SUBJECT =
      Parameter.text("subject", "Only what is about this budget or condition.");
  private static final Parameter SEVERITY =
      Parameter.oneOf(
          "severity",
          Arrays.stream(Severity.values()).map(Severity::id).toList(),
          "Only what is as bad as this.");
  private static final Parameter OPEN =
      Parameter.oneOf("open", List.of("true", "false"), "Only what is, or is not, over.");
  private static final Parameter STATUS =
      Parameter.oneOf(
          "status",
          Arrays.stream(Status.values()).map(Status::id).toList(),
          "Only deliveries that are this far; dead ones were given up.");
  private static final Parameter ID = Parameter.path("id", "The alert's id.");
  private static final Parameter NOTIFICATION = Parameter.path("notification", "The alert's id.");
  private static final Parameter CHANNEL = Parameter.path("channel", "The channel's name.");
  private static final Parameter NAME = Parameter.path("name", "The channel's name.");

  private final Site site;
  private final Tenants tenants;
  private final Budgets budgets;

  public AlertRoutes(Site site, Tenants tenants) {
    this.site = site;
    this.tenants = tenants;
    this.budgets = new Budgets(site.store());
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/api/alerts",
            "poolAlerts",
            "When the pools of the model groups passed their threshold, newest first, at most 100.",
            Role.VIEWER,
            Form.SOURCE,
            List.of(POOL_DAYS, Tenants.ORG),
            Optional.empty(),
            Answer.json(() -> AlertShapes.crossings().schema()),
            this::poolAlerts),
        Route.reading(
            "/api/v1/alerts",
            "alerts",
            "What people were told, newest first.",
            List.of(
                DAYS, SUBJECT, SEVERITY, OPEN, Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() -> Pagination.simulatedSchema(AlertShapes.alert().schema())),
            call -> alerts(call, _ -> true)),
        Route.reading(
            "/api/v1/anomalies",
            "anomalies",
            "When spend was far from its own past, with what drove it, newest first.",
            List.of(DAYS, SUBJECT, Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() -> Pagination.simulatedSchema(AlertShapes.alert().schema())),
            call -> alerts(call, each -> each.type() == Notification.Type.ANOMALY)),
        Route.reading(
            "/api/v1/alerts/{id}",
            "alert",
            "One alert, whole, with its deliveries.",
            List.of(ID, Tenants.ORG),
            Answer.json(() -> AlertShapes.alert().schema()),
            this::alert),
        new Route(
            "POST",
            "/api/v1/alerts/{id}/mute",
            "muteAlert",
            "Tells nothing more of what an alert is about until a time, or from now on again.",
            Role.OPERATOR,
            Form.OPENAI,
            List.of(ID, Tenants.ORG),
            Optional.of(Muting.body()),
            Answer.json(() -> Muting.answer().schema()),
            call -> {
              Tenant tenant = tenants.of(call);
              return Muting.mute(site, tenant, found(call, ID, tenant).subject(), call);
            }),
        Route.reading(
            "/api/v1/deliveries",
            "deliveries",
            "The deliveries of alerts to channels, newest first, with every attempt.",
            List.of(DAYS, STATUS, Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() -> Pagination.simulatedSchema(AlertShapes.delivery().schema())),
            this::deliveries),
        new Route(
            "POST",
            "/api/v1/deliveries/{notification}/{channel}/redeliver",
            "redeliver",
            "Delivers an alert to a channel once more, whatever became of it.",
            Role.OPERATOR,
            Form.OPENAI,
            List.of(NOTIFICATION, CHANNEL, Tenants.ORG),
            Optional.empty(),
            Answer.json(() -> AlertShapes.delivery().schema()),
            this::redeliver),
        Route.reading(
            "/api/v1/channels",
            "channels",
            "Where people can be told; of secrets their names only.",
            List.of(Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() -> Schema.object(Pagination.schema(AlertShapes.channel().schema()))),
            this::channels),
        new Route(
            "POST",
            "/api/v1/channels/{name}/test",
            "testChannel",
            "Sends a test over a channel and answers what came of it; one that was disabled and"
                + " takes it is told again.",
            Role.OPERATOR,
            Form.OPENAI,
            List.of(NAME, Tenants.ORG),
            Optional.empty(),
            Answer.json(() -> AlertShapes.tested().schema()),
            this::test));
  }

  private Deliveries of(Tenant tenant) {
    return new Deliveries(site.store(), tenant.id());
  }

  private static Instant since(Call call, Parameter days, int otherwise) {
    return call.now().minus(call.integer(days, otherwise), ChronoUnit.DAYS);
  }

  private Reply poolAlerts(Call call) {
    Tenant tenant = tenants.of(call);
    Instant since = since(call, POOL_DAYS, SOURCE_DAYS);
    var log = of(tenant);
    List<Notification> crossings =
        page(
                before -> log.notifications(since, call.now(), before, AT_ONCE),
                Optional.empty(),
                MOST_OF_POOLS,
                each -> each.subject().startsWith(POOL) && CROSSINGS.contains(each.type()),
                Notification::id)
            .items();
    Map<String, List<Delivery>> made = made(log, crossings, call.now());
    List<Crossing> alerts =
        crossings.stream()
            .map(
                each -> new Crossing(each, each.subject().substring(POOL.length()), of(each, made)))
            .toList();
    return Reply.of(AlertShapes.crossings().json(new Crossings(alerts, tenant.simulated())))
        .simulated(tenant.simulated());
  }

  private Reply alerts(Call call, Predicate<Notification> kind) {
    Tenant tenant = tenants.of(call);
    Instant since = since(call, DAYS, USUAL_DAYS);
    Optional<String> subject = call.text(SUBJECT);
    Optional<String> severity = call.text(SEVERITY).map(SEVERITY::choice);
    Optional<Boolean> open = call.text(OPEN).map(OPEN::choice).map("true"::equals);
    SortedMap<String, Instant> begun = budgets.open(tenant.id(), call.now());
    var log = of(tenant);
    var page =
        page(
            before -> log.notifications(since, call.now(), before, AT_ONCE),
            Pagination.after(call),
            Pagination.limit(call),
            each ->
                kind.test(each)
                    && subject.map(each.subject()::equals).orElse(true)
                    && severity.map(each.severity().id()::equals).orElse(true)
                    && open.map(is -> is == isOpen(each, begun)).orElse(true),
            Notification::id);
    var made = made(log, page.items(), call.now());
    var shape = AlertShapes.alert();
    Table table = shape.table();
    JsonObject document =
        page.document(
            each -> shape.row(new Alert(each, isOpen(each, begun), of(each, made)), table));
    return Reply.of(document.put("simulated", tenant.simulated()))
        .withTable(() -> table)
        .simulated(tenant.simulated());
  }

  private Reply alert(Call call) {
    Tenant tenant = tenants.of(call);
    Notification found = found(call, ID, tenant);
    var log = of(tenant);
    var alert =
        new Alert(
            found,
            isOpen(found, budgets.open(tenant.id(), call.now())),
            sent(found).flatMap(id -> log.deliveries(id).stream()).toList());
    return Reply.of(AlertShapes.alert().json(alert)).simulated(tenant.simulated());
  }

  private Notification found(Call call, Parameter parameter, Tenant tenant) {
    String id = call.text(parameter).orElse("");
    return of(tenant)
        .notification(id)
        .orElseThrow(() ->
            Problem.notFound(
                "There is no alert '"
                    + Parameter.shown(id)
                    + "'; /api/v1/alerts lists those there are."));
  }

  /** Whether what it tells of is neither over nor begun anew. */
  private static boolean isOpen(Notification each, SortedMap<String, Instant> begun) {
    Instant since =
        begun.get(
            each.data().get("budget") instanceof String budget
                ? "budget/" + budget + "/" + each.data().get("window")
                : "condition/" + each.subject());
    return since != null && !each.type().resolves() && !each.at().isBefore(since);
  }

  /** Collects a page of what is wanted from pages of what there is. */
  private static <T> Pagination<T> page(
      Function<Optional<String>, Deliveries.Page<T>> read,
      Optional<String> after,
      int limit,
      Predicate<T> wanted,
      Function<T, String> place) {
    var found = new ArrayList<T>();
    Optional<String> before = after;
    try {
      do {
        Deliveries.Page<T> page = read.apply(before);
        for (T item : page.items()) {
          if (wanted.test(item)) {
            if (found.size() == limit) {
              return new Pagination<>(
                  found, Optional.of(Pagination.encode(place.apply(found.getLast()))));
            }
            found.add(item);
          }
        }
        before = page.next();
      } while (before.isPresent());
    } catch (IllegalArgumentException _) {
      throw Pagination.strange();
    }
    return new Pagination<>(found, Optional.empty());
  }

  /** The deliveries of these notifications, which are in order, by the ids of what was sent. */
  private static Map<String, List<Delivery>> made(
      Deliveries log, List<Notification> notifications, Instant now) {
    var made = new HashMap<String, List<Delivery>>();
    if (!notifications.isEmpty()) {
      Instant from = notifications.getLast().at();
      Optional<String> before = Optional.empty();
      do {
        var page = log.deliveries(from, now, before, AT_ONCE);
        page.items()
            .forEach(each ->
                made.computeIfAbsent(each.notification(), _ -> new ArrayList<>()).add(each));
        before = page.next();
      } while (before.isPresent());
    }
    return made;
  }

  /** The deliveries of a notification, or of the digests that it is told within. */
  private static List<Delivery> of(Notification each, Map<String, List<Delivery>> made) {
    return sent(each).flatMap(id -> made.getOrDefault(id, List.of()).stream()).toList();
  }

  /** The ids under which it was sent: its own, and those of digests. */
  private static Stream<String> sent(Notification each) {
    return Stream.concat(Stream.of(each.id()), each.digests().stream());
  }

  private Reply deliveries(Call call) {
    Tenant tenant = tenants.of(call);
    Instant since = since(call, DAYS, USUAL_DAYS);
    Optional<String> status = call.text(STATUS).map(STATUS::choice);
    var log = of(tenant);
    var page =
        page(
            before -> log.deliveries(since, call.now(), before, AT_ONCE),
            Pagination.after(call),
            Pagination.limit(call),
            each -> status.map(each.status().id()::equals).orElse(true),
            each -> each.notification() + "#" + each.channel());
    var shape = AlertShapes.delivery();
    Table table = shape.table();
    JsonObject document = page.document(each -> shape.row(each, table));
    return Reply.of(document.put("simulated", tenant.simulated()))
        .withTable(() -> table)
        .simulated(tenant.simulated());
  }

  private Reply redeliver(Call call) {
    Tenant tenant = tenants.of(call);
    var log = of(tenant);
    String id = found(call, NOTIFICATION, tenant).id();
    String channel = call.text(CHANNEL).orElse("");
    Reference reference =
        log.redeliver(id, channel, call.now())
            .orElseThrow(() ->
                Problem.notFound(
                    "The alert '"
                        + id
                        + "' was not for the channel '"
                        + Parameter.shown(channel)
                        + "'."));
    try {
      site.deliveries().repeat(reference);
    } catch (TopicException _) {
      // It is pending and due, so whoever repeats what is due makes it.
    }
    return Reply.of(AlertShapes.delivery().json(log.delivery(id, channel).orElseThrow()));
  }

  private Reply channels(Call call) {
    Tenant tenant = tenants.of(call);
    Settings settings = tenant.settings();
    var log = of(tenant);
    var page = Pagination.of(call, List.copyOf(settings.channels().values()), Channel::name);
    var shape = AlertShapes.channel();
    Table table = shape.table();
    JsonObject document =
        page.document(channel ->
            shape.row(
                new Target(
                    channel,
                    settings.alerts().channels().contains(channel.name()),
                    settings.alerts().conditions().contains(channel.name()),
                    log.disabled(channel.name())),
                table));
    return Reply.of(document).withTable(() -> table);
  }

  private Reply test(Call call) {
    Tenant tenant = tenants.of(call);
    String name = call.text(NAME).orElse("");
    Channel channel = tenant.settings().channels().get(name);
    if (channel == null) {
      throw Problem.notFound(
          "There is no channel '"
              + Parameter.shown(name)
              + "'; known: "
              + (tenant.settings().channels().isEmpty()
                  ? "none"
                  : String.join(", ", tenant.settings().channels().keySet()))
              + ".");
    }
    Outcome outcome = site.deliveries().send(channel, test(call, tenant, channel));
    if (outcome instanceof Outcome.Sent) {
      of(tenant).enable(name);
    }
    String detail =
        switch (outcome) {
          case Outcome.Sent(String said) -> said;
          case Outcome.Failed(String reason, _) -> reason;
          case Outcome.Refused(String reason) -> reason;
          case Outcome.Gone(String reason) -> reason;
        };
    return Reply.of(
        AlertShapes.tested().json(new Tested(name, outcome instanceof Outcome.Sent, detail)));
  }

  private static Notification test(Call call, Tenant tenant, Channel channel) {
    byte[] bits = new byte[4];
    // Made now and not kept: a function that was restored from a snapshot must not share its state.
    new SecureRandom().nextBytes(bits);
    var data = new TreeMap<String, Object>();
    data.put("channel", channel.name());
    data.put("organization", tenant.id());
    return new Notification(
        Notification.idOf(call.now(), HexFormat.of().formatHex(bits)),
        tenant.id(),
        call.now(),
        Notification.Type.TEST,
        Severity.INFO,
        "tallyman/" + tenant.id() + "/test/" + channel.name(),
        channel.name(),
        "The channel " + channel.name() + " works",
        List.of(
            new Fact("What", "a test that somebody asked for; nothing happened"),
            new Fact("Organization", tenant.id())),
        List.of(),
        tenant
            .settings()
            .alerts()
            .publicUrl()
            .map(url -> List.of(new Link("Tallyman", url)))
            .orElseGet(List::of),
        tenant.simulated(),
        data,
        List.of(channel.name()));
  }
}
