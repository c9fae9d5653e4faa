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
import dev.tallyman.api.message.Shape;
import dev.tallyman.api.message.Table;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.ledger.CostRevision;
import dev.tallyman.core.ledger.Revision;
import dev.tallyman.core.poll.records.CycleRecord;
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
    var shape = PollShapes.cycle();
    Table table = shape.table();
    JsonObject document = page.document(cycle -> shape.row(cycle, table));
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

  private static List<JsonObject> freshness(Call call, Tenant tenant) {
    Optional<CycleRecord> latest = tenant.records().latest(call.now());
    if (latest.isEmpty()) {
      return List.of();
    }
    var state = tenant.records().state();
    var shape = PollShapes.freshness();
    var freshness = new ArrayList<JsonObject>();
    latest
        .orElseThrow()
        .endpoints()
        .forEach((id, result) -> {
          boolean stale =
              Freshness.stale(id, result, tenant.settings().usage().pollInterval(), call.now());
          freshness.add(shape.json(new PollShapes.Known(id, result, state.of(id), stale)));
        });
    return freshness;
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
    var shape = before();
    var table = new Table(List.of("asked", "row"));
    JsonObject document =
        page.document(revision -> {
          revision.rows().forEach(row -> table.row(revision.asked(), Json.line(row)));
          return shape.json(revision);
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
    var shape = change();
    var rows = changed();
    Table table = rows.table();
    JsonObject document =
        page.document(change -> {
          change.differences().forEach(each -> rows.row(new Changed(change, each), table));
          return shape.json(change);
        });
    return Reply.of(document).withTable(() -> table);
  }

  /** A value in one cell. */
  private static @Nullable Object text(@Nullable Object value) {
    return value instanceof Map<?, ?> || value instanceof List<?>
        ? Json.line(JsonObject.of("value", value))
        : value;
  }

  /** A change of the settings. */
  private static Shape<SettingsChange> change() {
    return Shape.<SettingsChange>object()
        .time("at", SettingsChange::at)
        .text("who", SettingsChange::who)
        .integer("version", SettingsChange::version)
        .list("changes", difference(), SettingsChange::differences);
  }

  /** A part of the settings that changed, with what it said before and after. */
  private static Shape<Difference> difference() {
    JsonObject anything = JsonObject.of();
    return Shape.<Difference>object()
        .text("path", Difference::path)
        .nested("before", anything, Difference::before)
        .column("before", each -> text(each.before()))
        .nested("after", anything, Difference::after)
        .column("after", each -> text(each.after()));
  }

  /** One row of CSV: a change with one of the parts that changed. */
  private record Changed(SettingsChange change, Difference difference) {}

  private static Shape<Changed> changed() {
    return Shape.<Changed>object()
        .object("change", change(), Changed::change)
        .object("difference", difference(), Changed::difference);
  }

  private static JsonObject auditSchema() {
    return Schema.object(Pagination.schema(change().schema()));
  }

  private static JsonObject pollsSchema() {
    return Schema.object(
        Pagination.schema(PollShapes.cycle().schema())
            .put("freshness", Schema.array(PollShapes.freshness().schema()))
            .put("simulated", Schema.bool()));
  }

  private static JsonObject revisionsSchema() {
    return Schema.object(
        JsonObject.of("endpoint", Schema.string())
            .put("bucket", Schema.string())
            .putAll(Pagination.schema(before().schema()))
            .put("simulated", Schema.bool()));
  }

  /** What a bucket said until it was asked for at this time. */
  private record Before(Instant asked, List<JsonObject> rows) {}

  /** The members of a row are those that the provider sent, so they are not described. */
  private static Shape<Before> before() {
    return Shape.<Before>object()
        .time("asked", Before::asked)
        .nested("rows", Schema.array(Schema.object()), Before::rows);
  }
}
