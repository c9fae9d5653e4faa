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
import dev.tallyman.api.message.Shape;
import dev.tallyman.api.message.Table;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
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
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
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
  private static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

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

  /** A channel, with what it is sent and why it is sent nothing any more. */
  private record Target(
      Channel channel, boolean usual, boolean conditions, Optional<String> disabled) {}

  private static final Shape<Target> CHANNELS =
      Shape.<Target>object()
          .text("name", target -> target.channel().name())
          .with(
              "kind",
              Schema.enumeration(
                  Arrays.stream(Channel.Kind.values()).map(Channel.Kind::id).toList()),
              target -> target.channel().kind().id())
          .optional("secret", target -> target.channel().secret())
          .nested("signing", Schema.array(Schema.string()), target -> target.channel().signing())
          .text("format", target -> target.channel().format().id())
          .flag("usual", Target::usual)
          .flag("conditions", Target::conditions)
          .optional("disabled", Target::disabled);

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
            Answer.json(AlertRoutes::poolSchema),
            this::poolAlerts),
        Route.reading(
            "/api/v1/alerts",
            "alerts",
            "What people were told, newest first.",
            List.of(
                DAYS, SUBJECT, SEVERITY, OPEN, Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() -> listSchema(alertSchema())),
            call -> alerts(call, _ -> true)),
        Route.reading(
            "/api/v1/anomalies",
            "anomalies",
            "When spend was far from its own past, with what drove it, newest first.",
            List.of(DAYS, SUBJECT, Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() -> listSchema(alertSchema())),
            call -> alerts(call, each -> each.type() == Notification.Type.ANOMALY)),
        Route.reading(
            "/api/v1/alerts/{id}",
            "alert",
            "One alert, whole, with its deliveries.",
            List.of(ID, Tenants.ORG),
            Answer.json(AlertRoutes::alertSchema),
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
            Answer.json(Muting::schema),
            call -> {
              Tenant tenant = tenants.of(call);
              return Muting.mute(site, tenant, found(call, ID, tenant).subject(), call);
            }),
        Route.reading(
            "/api/v1/deliveries",
            "deliveries",
            "The deliveries of alerts to channels, newest first, with every attempt.",
            List.of(DAYS, STATUS, Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() -> listSchema(deliverySchema())),
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
            Answer.json(AlertRoutes::deliverySchema),
            this::redeliver),
        Route.reading(
            "/api/v1/channels",
            "channels",
            "Where people can be told; of secrets their names only.",
            List.of(Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(() -> Schema.object(Pagination.schema(CHANNELS.schema()))),
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
            Answer.json(() ->
                Schema.object(
                    JsonObject.of("channel", Schema.string())
                        .put("sent", Schema.bool())
                        .put("detail", Schema.string()))),
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
    List<JsonObject> alerts =
        crossings.stream().map(each -> poolAlert(each, of(each, made))).toList();
    return Reply.of(
            JsonObject.of("alerts", alerts)
                .put("count", alerts.size())
                .put("simulated", tenant.simulated()))
        .simulated(tenant.simulated());
  }

  private static JsonObject poolAlert(Notification each, List<Delivery> deliveries) {
    return JsonObject.of("id", number(each))
        .put("timestamp", each.at().getEpochSecond())
        .put("tier", each.subject().substring(POOL.length()))
        .put("tokens_used", whole(each, "used"))
        .put("limit_value", whole(each, "limit"))
        .put("percentage", whole(each, "percentage"))
        .put("message", each.headline())
        .put("sent", deliveries.stream().anyMatch(one -> one.status() == Status.SENT))
        .put("created_at", CREATED.format(each.at()));
  }

  /** A number for an id, which stays the same and is exact in JavaScript. */
  private static long number(Notification each) {
    String digits = each.id().substring(each.id().lastIndexOf('_') + 1);
    return each.at().toEpochMilli() * 1000 + Math.floorMod(digits.hashCode(), 1000);
  }

  private static long whole(Notification each, String name) {
    return each.data().get(name) instanceof String number
        ? new BigDecimal(number).setScale(0, RoundingMode.DOWN).longValue()
        : 0;
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
    var table =
        new Table(
            List.of("id", "at", "type", "severity", "subject", "headline", "open", "delivered"));
    JsonObject document =
        page.document(each -> {
          var deliveries = of(each, made);
          boolean isOpen = isOpen(each, begun);
          table.row(
              each.id(),
              each.at(),
              each.type().id(),
              each.severity().id(),
              each.subject(),
              each.headline(),
              isOpen,
              String.join(
                  " ",
                  deliveries.stream()
                      .map(one -> one.channel() + ":" + one.status().id())
                      .toList()));
          return alert(each, isOpen, deliveries);
        });
    return Reply.of(document.put("simulated", tenant.simulated()))
        .withTable(() -> table)
        .simulated(tenant.simulated());
  }

  private Reply alert(Call call) {
    Tenant tenant = tenants.of(call);
    Notification found = found(call, ID, tenant);
    var log = of(tenant);
    return Reply.of(
            alert(
                found,
                isOpen(found, budgets.open(tenant.id(), call.now())),
                sent(found).flatMap(id -> log.deliveries(id).stream()).toList()))
        .simulated(tenant.simulated());
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

  private static JsonObject alert(Notification each, boolean open, List<Delivery> deliveries) {
    return JsonObject.of("id", each.id())
        .put("at", each.at())
        .put("type", each.type().id())
        .put("severity", each.severity().id())
        .put("key", each.key())
        .put("subject", each.subject())
        .put("headline", each.headline())
        .put("open", open)
        .put(
            "facts",
            each.facts().stream()
                .map((Fact fact) -> JsonObject.of("label", fact.label()).put("text", fact.text()))
                .toList())
        .put(
            "drivers",
            each.drivers().stream()
                .map(driver -> JsonObject.of("label", driver.label()).put("text", driver.text()))
                .toList())
        .put(
            "links",
            each.links().stream()
                .map((Link link) -> JsonObject.of("label", link.label()).put("url", link.url()))
                .toList())
        .put("data", each.data())
        .put("channels", each.channels())
        .put("deliveries", deliveries.stream().map(AlertRoutes::delivery).toList())
        .put("simulated", each.simulated());
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
    var table =
        new Table(
            List.of("alert", "channel", "status", "next_attempt", "attempts", "last", "outcome"));
    JsonObject document =
        page.document(each -> {
          var last =
              each.attempts().isEmpty()
                  ? Optional.<Delivery.Attempt>empty()
                  : Optional.of(each.attempts().getLast());
          table.row(
              each.notification(),
              each.channel(),
              each.status().id(),
              each.nextAttempt(),
              each.attempts().size(),
              last.map(attempt -> attempt.at()),
              last.map(attempt -> attempt.outcome()));
          return delivery(each);
        });
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
    return Reply.of(log.delivery(id, channel).map(AlertRoutes::delivery).orElseThrow());
  }

  private static JsonObject delivery(Delivery each) {
    return JsonObject.of("alert", each.notification())
        .put("channel", each.channel())
        .put("status", each.status().id())
        .put("next_attempt", each.nextAttempt())
        .put(
            "attempts",
            each.attempts().stream()
                .map(attempt -> JsonObject.of("at", attempt.at()).put("outcome", attempt.outcome()))
                .toList());
  }

  private Reply channels(Call call) {
    Tenant tenant = tenants.of(call);
    Settings settings = tenant.settings();
    var log = of(tenant);
    var page = Pagination.of(call, List.copyOf(settings.channels().values()), Channel::name);
    Table table = CHANNELS.table();
    JsonObject document =
        page.document(channel ->
            CHANNELS.row(
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
        JsonObject.of("channel", name)
            .put("sent", outcome instanceof Outcome.Sent)
            .put("detail", detail));
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

  private static JsonObject poolSchema() {
    return Schema.object(
        JsonObject.of(
                "alerts",
                Schema.array(
                    Schema.object(
                        JsonObject.of("id", Schema.integer())
                            .put("timestamp", Schema.integer())
                            .put("tier", Schema.string())
                            .put("tokens_used", Schema.integer())
                            .put("limit_value", Schema.integer())
                            .put("percentage", Schema.integer())
                            .put("message", Schema.string())
                            .put("sent", Schema.bool())
                            .put("created_at", Schema.string()))))
            .put("count", Schema.integer())
            .put("simulated", Schema.bool()));
  }

  private static JsonObject listSchema(JsonObject item) {
    return Schema.object(Pagination.schema(item).put("simulated", Schema.bool()));
  }

  private static JsonObject alertSchema() {
    JsonObject line =
        Schema.object(JsonObject.of("label", Schema.string()).put("text", Schema.string()));
    return Schema.object(
        JsonObject.of("id", Schema.string())
            .put("at", Schema.string("date-time"))
            .put("type", Schema.string())
            .put(
                "severity",
                Schema.enumeration(Arrays.stream(Severity.values()).map(Severity::id).toList()))
            .put("key", Schema.string())
            .put("subject", Schema.string())
            .put("headline", Schema.string())
            .put("open", Schema.bool())
            .put("facts", Schema.array(line))
            .put("drivers", Schema.array(line))
            .put(
                "links",
                Schema.array(
                    Schema.object(
                        JsonObject.of("label", Schema.string()).put("url", Schema.string()))))
            .put("data", JsonObject.of("type", "object"))
            .put("channels", Schema.array(Schema.string()))
            .put("deliveries", Schema.array(deliverySchema()))
            .put("simulated", Schema.bool()));
  }

  private static JsonObject deliverySchema() {
    return Schema.object(
        JsonObject.of("alert", Schema.string())
            .put("channel", Schema.string())
            .put(
                "status",
                Schema.enumeration(Arrays.stream(Status.values()).map(Status::id).toList()))
            .put("next_attempt", Schema.nullable(Schema.string("date-time")))
            .put(
                "attempts",
                Schema.array(
                    Schema.object(
                        JsonObject.of("at", Schema.string("date-time"))
                            .put("outcome", Schema.string())))));
  }
}
