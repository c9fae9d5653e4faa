package dev.tallyman.api.v1;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Json;
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
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.ledger.CostRevision;
import dev.tallyman.core.ledger.Revision;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.Progress;
import dev.tallyman.core.query.Freshness;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsChange;
import dev.tallyman.core.settings.SettingsChange.Difference;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How the work goes and how it is set: polls, freshness, revisions, settings. */
public final class Operations {
  private static final int SHOWN_DAYS = 400;

  private static final Parameter ENDPOINT =
      Parameter.oneOf(
          "endpoint",
          Stream.concat(Arrays.stream(Known.values()).map(Known::id), Stream.of(CycleRecord.COSTS))
              .toList(),
          "Whose bucket.");
  private static final Parameter BUCKET =
      Parameter.text(
          "bucket",
          "When it begins: an hour of UTC such as 2026-11-20T14:00:00Z; for costs a day such as"
              + " 2026-11-20.");

  private final Tenants tenants;
  private final Editor editor;

  public Operations(Tenants tenants) {
    this.tenants = tenants;
    this.editor = new Editor(tenants);
  }

  public List<Route> routes() {
    return List.of(
        Route.reading(
            "/api/v1/polls",
            "polls",
            "What each poll found, newest first, and how fresh each endpoint is.",
            List.of(Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(Operations::pollsSchema),
            this::polls),
        Route.reading(
            "/api/v1/revisions",
            "revisions",
            "What a bucket said before the provider restated it, oldest first.",
            List.of(ENDPOINT, BUCKET, Pagination.LIMIT, Pagination.CURSOR, Tenants.ORG),
            Answer.table(Operations::revisionsSchema),
            this::revisions),
        Route.reading(
            "/api/v1/settings",
            "settings",
            "The settings document: what is set, without what is left at its default.",
            List.of(),
            Answer.json(Schema::object),
            _ -> Reply.of(Editor.document(tenants.stored().load().settings()))),
        Route.reading(
            "/api/v1/audit",
            "audit",
            "Who changed the settings, when, and what they said before and after; newest first.",
            List.of(Pagination.LIMIT, Pagination.CURSOR),
            Answer.table(Operations::auditSchema),
            this::audit),
        new Route(
            "PUT",
            "/api/v1/settings",
            "replaceSettings",
            "Replaces the settings document as a whole, or tells all mistakes in it; with If-Match"
                + " only if it still is what that tag names.",
            Role.OPERATOR,
            Form.OPENAI,
            List.of(),
            Optional.of(Schema.object()),
            Answer.json(Schema::object),
            this::replaceSettings));
  }

  private Reply polls(Call call) {
    Tenant tenant = tenants.of(call);
    Pagination<CycleRecord> page = cycles(call, tenant);
    var table =
        new Table(
            List.of(
                "at",
                "took_ms",
                "trigger",
                "complete",
                "read",
                "changed",
                "restated",
                "failed",
                "day",
                "requests",
                "estimated_usd",
                "simulated"));
    JsonObject document =
        page.document(cycle -> {
          table.row(row(cycle));
          return cycle(cycle);
        });
    return Reply.of(
            document.put("freshness", freshness(call, tenant)).put("simulated", tenant.simulated()))
        .withTable(() -> table)
        .simulated(tenant.simulated());
  }

  /** Newest first, read day by day until the page is full. */
  private static Pagination<CycleRecord> cycles(Call call, Tenant tenant) {
    Instant before =
        Pagination.after(call).map(Operations::instant).orElseGet(() -> call.now().plusMillis(1));
    int limit = Pagination.limit(call);
    var found = new ArrayList<CycleRecord>();
    LocalDate day = LocalDate.ofInstant(before, ZoneOffset.UTC);
    LocalDate last = LocalDate.ofInstant(call.now(), ZoneOffset.UTC).minusDays(SHOWN_DAYS);
    while (found.size() <= limit && !day.isBefore(last)) {
      Instant from = day.atStartOfDay(ZoneOffset.UTC).toInstant();
      Instant next = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      found.addAll(tenant.records().cycles(from, next.isBefore(before) ? next : before).reversed());
      day = day.minusDays(1);
    }
    if (found.size() <= limit) {
      return new Pagination<>(found, Optional.empty());
    }
    List<CycleRecord> shown = found.subList(0, limit);
    return new Pagination<>(shown, Optional.of(Pagination.encode(shown.getLast().at().toString())));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException _) {
      throw Pagination.strange();
    }
  }

  private static List<@Nullable Object> row(CycleRecord cycle) {
    var results = cycle.endpoints().values();
    return Arrays.asList(
        cycle.at(),
        cycle.took().toMillis(),
        cycle.trigger(),
        cycle.complete(),
        results.stream().mapToInt(EndpointResult::read).sum(),
        results.stream().mapToInt(EndpointResult::changed).sum(),
        results.stream().mapToInt(EndpointResult::restated).sum(),
        results.stream().filter(result -> !result.ok()).count(),
        cycle.today().day(),
        cycle.today().requests(),
        cycle.today().estimated(),
        cycle.simulated());
  }

  private static JsonObject cycle(CycleRecord cycle) {
    var endpoints = JsonObject.of();
    cycle
        .endpoints()
        .forEach((id, result) ->
            endpoints.put(
                id,
                JsonObject.of("read", result.read())
                    .put("changed", result.changed())
                    .put("restated", result.restated())
                    .put("skipped", result.skipped())
                    .put("partial", result.partial())
                    .put("state", result.state())
                    .put("failure", result.failure().map(Operations::lower))
                    .put("message", result.message())));
    return JsonObject.of("at", cycle.at())
        .put("took_ms", cycle.took().toMillis())
        .put("trigger", cycle.trigger())
        .put("complete", cycle.complete())
        .put("endpoints", endpoints)
        .put(
            "today",
            JsonObject.of("day", cycle.today().day())
                .put("pools", cycle.today().poolTokens())
                .put("requests", cycle.today().requests())
                .put("estimated_usd", cycle.today().estimated().toPlainString()))
        .put("simulated", cycle.simulated());
  }

  private static List<JsonObject> freshness(Call call, Tenant tenant) {
    Optional<CycleRecord> latest = tenant.records().latest(call.now());
    if (latest.isEmpty()) {
      return List.of();
    }
    var state = tenant.records().state();
    var freshness = new ArrayList<JsonObject>();
    latest
        .orElseThrow()
        .endpoints()
        .forEach((id, result) -> {
          Progress progress = state.of(id);
          freshness.add(
              JsonObject.of("endpoint", id)
                  .put("last_success", result.lastSuccess())
                  .put(
                      "stale",
                      Freshness.stale(
                          id, result, tenant.settings().usage().pollInterval(), call.now()))
                  .put("failure", result.failure().map(Operations::lower))
                  .put("message", result.message().or(() -> leftOut(progress)))
                  .put("state", state(result, progress))
                  .put(
                      "defects", progress.defects().all().stream().map(Operations::defect).toList())
                  .put("read_until", progress.watermark())
                  .put("complete_since", progress.completeSince()));
        });
    return freshness;
  }

  /**
   * What a cycle found, or, where that was whole, whether anything is known in part since before.
   */
  private static String state(EndpointResult result, Progress progress) {
    return result.complete() && !progress.defects().all().isEmpty() ? "partial" : result.state();
  }

  private static Optional<String> leftOut(Progress progress) {
    List<Defect> defects = progress.defects().all();
    return defects.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "From "
                + defects.getLast().from()
                + " on "
                + defects.getLast().reason()
                + ". The rest is kept, and all of it is read again; if that does not help, report"
                + " it to the provider.");
  }

  private static JsonObject defect(Defect defect) {
    return JsonObject.of("from", defect.from())
        .put("to", defect.to())
        .put("reason", defect.reason());
  }

  private Reply revisions(Call call) {
    Tenant tenant = tenants.of(call);
    String endpoint =
        call.text(ENDPOINT).map(ENDPOINT::choice).orElseThrow(() -> missing(ENDPOINT));
    String bucket = call.text(BUCKET).orElseThrow(() -> missing(BUCKET));
    List<Before> told =
        CycleRecord.COSTS.equals(endpoint)
            ? tenant.ledger().costRevisions(BUCKET.day(bucket)).stream()
                .map(Operations::told)
                .toList()
            : tenant.ledger().revisions(UsageEndpoint.of(endpoint), hour(bucket)).stream()
                .map(Operations::told)
                .toList();
    var page = Pagination.of(call, told, revision -> revision.asked().toString());
    var table = new Table(List.of("asked", "row"));
    JsonObject document =
        page.document(revision -> {
          revision.rows().forEach(row -> table.row(revision.asked(), Json.line(row)));
          return JsonObject.of("asked", revision.asked()).put("rows", revision.rows());
        });
    return Reply.of(
            JsonObject.of("endpoint", endpoint)
                .put("bucket", bucket)
                .putAll(document)
                .put("simulated", tenant.simulated()))
        .withTable(() -> table)
        .simulated(tenant.simulated());
  }

  private static Problem missing(Parameter parameter) {
    return Problem.parameter(
        parameter.name(), parameter.name() + " is missing: " + parameter.about());
  }

  private static Instant hour(String text) {
    try {
      Instant hour = Instant.parse(text);
      if (Width.HOUR.floor(hour).equals(hour)) {
        return hour;
      }
    } catch (DateTimeParseException _) {
      // Reported below.
    }
    throw Problem.parameter(
        BUCKET.name(),
        "bucket is '"
            + Parameter.shown(text)
            + "'; expected an hour of UTC such as 2026-11-20T14:00:00Z.");
  }

  private static Before told(Revision revision) {
    return new Before(revision.asked(), revision.before().stream().map(Operations::row).toList());
  }

  private static Before told(CostRevision revision) {
    return new Before(
        revision.asked(), revision.before().rows().stream().map(Operations::row).toList());
  }

  private static JsonObject row(UsageRow row) {
    var told = JsonObject.of();
    for (Dimension dimension : Dimension.values()) {
      if (row.get(dimension) != null) {
        told.put(dimension.field(), row.get(dimension));
      }
    }
    for (Quantity quantity : Quantity.values()) {
      if (row.has(quantity)) {
        told.put(quantity.field(), row.orZero(quantity));
      }
    }
    row.others().forEach(told::put);
    return told;
  }

  private static JsonObject row(CostRow row) {
    return JsonObject.of("project_id", row.project())
        .put("line_item", row.lineItem())
        .put("api_key_id", row.apiKey())
        .put("amount", row.amount().toPlainString())
        .put("currency", row.currency())
        .put("quantity", row.quantity())
        .put("quantity_unit", row.unit());
  }

  private Reply replaceSettings(Call call) {
    Settings wanted = Editor.checked(Json.object(call.request().body()));
    Settings changed =
        editor.change(
            call,
            stored -> {
              Editor.expected(call, stored);
              return wanted;
            });
    return Reply.of(Editor.document(changed)).with("ETag", '"' + Editor.tag(changed) + '"');
  }

  private Reply audit(Call call) {
    Optional<String> before = Pagination.after(call);
    int limit = Pagination.limit(call);
    List<SettingsChange> found;
    try {
      found = tenants.stored().changes(before, limit + 1, call.now());
    } catch (DateTimeException _) {
      throw Pagination.strange();
    }
    List<SettingsChange> shown = found.subList(0, Math.min(limit, found.size()));
    var page =
        new Pagination<>(
            shown,
            found.size() > limit
                ? Optional.of(Pagination.encode(SettingsStore.place(shown.getLast())))
                : Optional.empty());
    var table = new Table(List.of("at", "who", "version", "path", "before", "after"));
    JsonObject document =
        page.document(change -> {
          for (Difference each : change.differences()) {
            table.row(
                change.at(),
                change.who(),
                change.version(),
                each.path(),
                text(each.before()),
                text(each.after()));
          }
          return JsonObject.of("at", change.at())
              .put("who", change.who())
              .put("version", change.version())
              .put(
                  "changes",
                  change.differences().stream()
                      .map(each ->
                          JsonObject.of("path", each.path())
                              .put("before", each.before())
                              .put("after", each.after()))
                      .toList());
        });
    return Reply.of(document).withTable(() -> table);
  }

  /** A value in one cell. */
  private static @Nullable Object text(@Nullable Object value) {
    return value instanceof Map<?, ?> || value instanceof List<?>
        ? Json.line(JsonObject.of("value", value))
        : value;
  }

  private static JsonObject auditSchema() {
    JsonObject anything = JsonObject.of();
    JsonObject difference =
        Schema.object(
            JsonObject.of("path", Schema.string()).put("before", anything).put("after", anything));
    return Schema.object(
        Pagination.schema(
            Schema.object(
                JsonObject.of("at", Schema.string("date-time"))
                    .put("who", Schema.string())
                    .put("version", Schema.integer())
                    .put("changes", Schema.array(difference)))));
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static JsonObject pollsSchema() {
    JsonObject text = Schema.nullable(Schema.string());
    JsonObject time = Schema.nullable(Schema.string("date-time"));
    JsonObject result =
        Schema.object(
            JsonObject.of("read", Schema.integer())
                .put("changed", Schema.integer())
                .put("restated", Schema.integer())
                .put("skipped", Schema.integer())
                .put("partial", Schema.integer())
                .put("state", Schema.string())
                .put("failure", text)
                .put("message", text));
    JsonObject cycle =
        Schema.object(
            JsonObject.of("at", Schema.string("date-time"))
                .put("took_ms", Schema.integer())
                .put("trigger", Schema.string())
                .put("complete", Schema.bool())
                .put("endpoints", Schema.map(result))
                .put(
                    "today",
                    Schema.object(
                        JsonObject.of("day", Schema.string("date"))
                            .put("pools", Schema.map(Schema.integer()))
                            .put("requests", Schema.integer())
                            .put("estimated_usd", Schema.decimal())))
                .put("simulated", Schema.bool()));
    JsonObject freshness =
        Schema.object(
            JsonObject.of("endpoint", Schema.string())
                .put("last_success", time)
                .put("stale", Schema.bool())
                .put("failure", text)
                .put("message", text)
                .put("state", Schema.string())
                .put(
                    "defects",
                    Schema.array(
                        Schema.object(
                            JsonObject.of("from", Schema.string("date-time"))
                                .put("to", Schema.string("date-time"))
                                .put("reason", Schema.string()))))
                .put("read_until", time)
                .put("complete_since", time));
    return Schema.object(
        Pagination.schema(cycle)
            .put("freshness", Schema.array(freshness))
            .put("simulated", Schema.bool()));
  }

  private static JsonObject revisionsSchema() {
    JsonObject revision =
        Schema.object(
            JsonObject.of("asked", Schema.string("date-time"))
                .put("rows", Schema.array(Schema.object())));
    return Schema.object(
        JsonObject.of("endpoint", Schema.string())
            .put("bucket", Schema.string())
            .putAll(Pagination.schema(revision))
            .put("simulated", Schema.bool()));
  }

  private record Before(Instant asked, List<JsonObject> rows) {}
}
