package dev.tallyman.api.v1;

import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Pagination;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.api.message.Table;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.price.Price;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.price.Unpriced;
import dev.tallyman.core.price.Verdict;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists of what there is: organizations, projects, keys, models, prices. */
public final class Listings {
  private static final int USED_DAYS = 90;

  /** What a masked key looks like; anything else might be one. */
  private static final Pattern MASKED = Pattern.compile(".{0,24}(\\*{3,}|\\.{3}|…).{0,8}");

  private static final Parameter MODEL =
      Parameter.text("model", "Only the price in force of this model, whatever name it has.");
  private static final Parameter TIER =
      Parameter.text("tier", "The service tier whose prices are asked, such as priority.");
  private static final Parameter DATE =
      Parameter.date("date", "The UTC day for which a model's price is asked; else today.");
  private static final Parameter USED =
      Parameter.date("date", "The UTC day of the usage that is to be priced; else today.");
  private static final Parameter SINCE =
      Parameter.date("since", "The first UTC day; without it the last 90 days are meant.");
  private static final Parameter UNTIL =
      Parameter.date("until", "The UTC day before which the range ends; else tomorrow.");

  private final Site site;
  private final Tenants tenants;

  public Listings(Site site, Tenants tenants) {
    this.site = site;
    this.tenants = tenants;
  }

  /** An organization, with what the settings and the cycles say of it. */
  private record Read(
      Organization organization, Optional<String> name, Optional<Instant> lastPoll) {}

  private static final Shape<Read> ORGANIZATIONS =
      Shape.<Read>object()
          .text("id", read -> read.organization().id())
          .optional("name", Read::name)
          .optional("provider_id", read -> read.organization().providerId())
          .flag("simulated", read -> read.organization().simulated())
          .with("first_read", Schema.string("date-time"), read -> read.organization().firstRead())
          .with("last_poll", Schema.nullable(Schema.string("date-time")), Read::lastPoll);

  private static final Shape<Name> PROJECTS =
      Shape.<Name>object()
          .text("id", Name::id)
          .optional("name", project -> text(project.name()))
          .optional("status", project -> detail(project, "status"))
          .optional("created_at", project -> detail(project, "created"))
          .optional("archived_at", project -> detail(project, "archived"));

  /** A key, with the project that it belongs to, as far as its name is known. */
  private record Owned(Name key, Optional<String> project) {}

  private static final Shape<Owned> KEYS =
      Shape.<Owned>object()
          .text("id", owned -> owned.key().id())
          .optional("name", owned -> text(owned.key().name()))
          .optional(
              "masked", owned -> detail(owned.key(), "redacted").filter(MASKED.asMatchPredicate()))
          .optional("project", owned -> detail(owned.key(), "project"))
          .optional("project_name", Owned::project)
          .optional("owner", owned -> detail(owned.key(), "owner"))
          .optional("owner_type", owned -> detail(owned.key(), "owner_type"))
          .optional("status", owned -> detail(owned.key(), "status"))
          .optional("created_at", owned -> detail(owned.key(), "created"));

  /** A model that was used, with what the catalogue says of it. */
  private record UsedModel(
      Used used,
      Optional<String> group,
      boolean known,
      Optional<String> why,
      Optional<JsonObject> price,
      List<JsonObject> tiers,
      boolean simulated) {}

  private static final Shape<UsedModel> MODELS =
      Shape.<UsedModel>object()
          .text("model", row -> row.used().name)
          .optional("group", UsedModel::group)
          .flag("known", UsedModel::known)
          .with("endpoints", Schema.array(Schema.string()), row -> row.used().endpoints)
          .with("first_day", Schema.string("date"), row -> row.used().first)
          .with("last_day", Schema.string("date"), row -> row.used().last)
          .integer("requests", row -> row.used().requests)
          .integer("tokens", row -> row.used().tokens)
          .decimal("estimated_usd", row -> row.used().estimated)
          .flag("priced", row -> row.used().priced)
          .nested("why_unpriced", Schema.nullable(Schema.string()), UsedModel::why)
          .nested("price", Schema.nullable(Schema.ref("Price")), UsedModel::price)
          .nested(
              "tiers",
              Schema.array(
                  Schema.object(
                      JsonObject.of("tier", Schema.nullable(Schema.string()))
                          .put("priced", Schema.bool())
                          .put("why_unpriced", Schema.nullable(Schema.string()))
                          .put("price", Schema.nullable(Schema.ref("Price"))))),
              UsedModel::tiers)
          .column("simulated", UsedModel::simulated)
          .columns(
              "model",
              "group",
              "known",
              "priced",
              "requests",
              "tokens",
              "estimated_usd",
              "first_day",
              "last_day",
              "endpoints",
              "simulated");

  private static final Shape<Verdict> RATES =
      Shape.<Verdict>object()
          .text("model", verdict -> verdict.rate().model())
          .optional("tier", verdict -> verdict.rate().tier())
          .text("meter", verdict -> verdict.rate().meter().field())
          .with("day", Schema.string("date"), verdict -> verdict.rate().day())
          .decimal("billed", verdict -> written(verdict, verdict.rate().perUnit()))
          .optionalDecimal("list", verdict -> verdict.list().map(each -> written(verdict, each)))
          .optionalDecimal("set", verdict -> verdict.own().map(each -> written(verdict, each)))
          .optionalDecimal("used", verdict -> verdict.used().map(each -> written(verdict, each)))
          .with("reason", Schema.enumeration(reasons()), verdict -> verdict.reason().id());

  public List<Route> routes() {
    JsonObject name = Schema.nullable(Schema.string());
    return List.of(
        listing(
            "organizations",
            "The organizations that were read at least once.",
            List.of(),
            () -> ORGANIZATIONS.schema(),
            this::organizations),
        listing(
            "projects",
            "The projects whose names are known, deleted ones among them.",
            List.of(Tenants.ORG),
            () -> PROJECTS.schema(),
            this::projects),
        listing(
            "keys",
            "The API keys whose names are known, masked; deleted ones among them.",
            List.of(Tenants.ORG),
            () -> KEYS.schema(),
            this::keys),
        listing(
            "models",
            "The models that were used, with the group whose pool they draw on, their price, and"
                + " that of each service tier in which they were used.",
            List.of(SINCE, UNTIL, Tenants.ORG),
            () -> MODELS.schema(),
            this::models),
        listing(
            "prices",
            "The prices of the catalogue with the user's own, in USD for the units that their names"
                + " say: per million tokens, per minute, and so on.",
            List.of(MODEL, TIER, DATE),
            () -> Schema.ref("Price"),
            JsonObject.of("why", name),
            this::prices),
        listing(
            "rates",
            "The newest rate of a bill for each model, tier and meter, beside the list price, with"
                + " the one that estimates use and why: believed, far (from the list price),"
                + " outdated (the list price has changed since) or set (by the user).",
            List.of(USED, Tenants.ORG),
            () -> RATES.schema(),
            this::rates));
  }

  public static JsonObject priceSchema() {
    var meters = JsonObject.of();
    for (Meter meter : Meter.values()) {
      meters.put(meter.field(), Schema.decimal());
    }
    return Schema.object(
        JsonObject.of("model", Schema.string())
            .put("tier", Schema.nullable(Schema.string()))
            .put("from", Schema.string("date"))
            .put("source", Schema.string())
            .put("as_of", Schema.string("date"))
            .put("usd", Schema.object(meters, meters.members().keySet())));
  }

  private Reply organizations(Call call) {
    Settings settings = tenants.settings();
    List<Organization> all = new Organizations(site.store()).all();
    var page = Pagination.of(call, all, Organization::id);
    Table table = ORGANIZATIONS.table();
    JsonObject document =
        page.document(organization -> {
          Optional<Instant> last =
              new Records(site.store(), organization.id(), settings.usage().retention().cycles())
                  .latest(call.now())
                  .map(CycleRecord::at);
          Optional<String> name =
              settings.organizations().stream()
                  .filter(each -> each.id().equals(organization.id()))
                  .map(OrganizationSettings::name)
                  .findFirst();
          return ORGANIZATIONS.row(new Read(organization, name, last), table);
        });
    boolean simulated = page.items().stream().anyMatch(Organization::simulated);
    return told(document, simulated, Optional.empty(), table);
  }

  private Reply projects(Call call) {
    return named(call, tenants.of(call), Name.Kind.PROJECT, PROJECTS, project -> project);
  }

  private Reply keys(Call call) {
    Tenant tenant = tenants.of(call);
    Map<String, Name> projects = tenant.ledger().names(Name.Kind.PROJECT);
    return named(
        call,
        tenant,
        Name.Kind.API_KEY,
        KEYS,
        key ->
            new Owned(
                key,
                detail(key, "project")
                    .flatMap(id -> Optional.ofNullable(projects.get(id)).map(Name::name))));
  }

  private <T> Reply named(
      Call call, Tenant tenant, Name.Kind kind, Shape<T> shape, Function<Name, T> item) {
    var sorted = new ArrayList<>(new TreeMap<>(tenant.ledger().names(kind)).values());
    var page = Pagination.of(call, sorted, Name::id);
    Table table = shape.table();
    JsonObject document = page.document(name -> shape.row(item.apply(name), table));
    Optional<Instant> asOf =
        Tenant.lastSuccess(tenant.records().latest(call.now()), CycleRecord.NAMES);
    return told(document, tenant.simulated(), asOf, table);
  }

  private Reply models(Call call) {
    Tenant tenant = tenants.of(call);
    LocalDate tomorrow = LocalDate.ofInstant(call.now(), ZoneOffset.UTC).plusDays(1);
    LocalDate until = call.date(UNTIL).orElse(tomorrow);
    LocalDate since = call.date(SINCE).orElseGet(() -> until.minusDays(USED_DAYS));
    if (!since.isBefore(until) || since.isBefore(until.minusDays(400))) {
      throw Problem.parameter(
          SINCE.name(), "since must be earlier than until, by at most 400 days.");
    }
    var used = new TreeMap<String, Used>();
    for (Rollup day : tenant.ledger().rollups(View.MODELS, Rollup.UTC, since, until)) {
      add(day, used);
    }
    Catalogue catalogue = tenant.settings().usage().catalogue();
    var estimator = new Estimator(catalogue, tenant.ledger().rates());
    LocalDate last = until.minusDays(1);
    ModelGroups groups = tenant.settings().usage().groups();
    var page = Pagination.of(call, new ArrayList<>(used.values()), model -> model.name);
    Table table = MODELS.table();
    JsonObject document =
        page.document(model -> {
          boolean pooled = model.endpoints.contains(Known.COMPLETIONS.id());
          return MODELS.row(
              new UsedModel(
                  model,
                  pooled ? groups.groupOf(model.name) : Optional.empty(),
                  !pooled || groups.known(model.name),
                  model.tiers.keySet().stream()
                      .flatMap(tier -> model.why(tier, estimator).stream())
                      .findFirst(),
                  catalogue.find(model.name, last).map(Listings::price),
                  model.tiers.keySet().stream()
                      .map(tier -> tier(model, tier, catalogue, estimator, last))
                      .toList(),
                  tenant.simulated()),
              table);
        });
    Optional<Instant> asOf =
        Tenant.lastSuccess(tenant.records().latest(call.now()), Known.COMPLETIONS.id());
    return told(document, tenant.simulated(), asOf, table);
  }

  private static JsonObject tier(
      Used model, String id, Catalogue catalogue, Estimator estimator, LocalDate day) {
    Optional<String> tier = Price.tierOf(id);
    Optional<String> why = model.why(id, estimator);
    return JsonObject.of("tier", tier)
        .put("priced", why.isEmpty())
        .put("why_unpriced", why)
        .put("price", catalogue.find(model.name, tier, day).map(Listings::price));
  }

  private static void add(Rollup day, Map<String, Used> used) {
    @Nullable String[] models = day.texts(Dimension.MODEL);
    @Nullable String[] tiers = day.texts(Dimension.SERVICE_TIER);
    @Nullable String[] batches = day.texts(Dimension.BATCH);
    @Nullable String[] endpoints = day.endpoints();
    long[] requests = day.longs(Quantity.MODEL_REQUESTS);
    long[] in = day.longs(Quantity.INPUT_TOKENS);
    long[] out = day.longs(Quantity.OUTPUT_TOKENS);
    @Nullable BigDecimal[] estimated = day.estimated();
    boolean[] priced = day.priced();
    for (int i = 0; i < models.length; i++) {
      String model = models[i];
      String endpoint = endpoints[i];
      if (model != null && endpoint != null) {
        Used sum = used.computeIfAbsent(model, name -> new Used(name, day.day()));
        sum.last = day.day();
        sum.endpoints.add(endpoint);
        sum.requests += UsageEndpoint.countsRequests(endpoint) ? present(requests[i]) : 0;
        sum.tokens += present(in[i]) + present(out[i]);
        sum.estimated = sum.estimated.add(estimated[i] == null ? BigDecimal.ZERO : estimated[i]);
        sum.priced &= priced[i];
        Optional<Lack> lack =
            priced[i] ? Optional.empty() : Optional.of(new Lack(endpoint, day.day()));
        sum.tiers.merge(
            Price.tierOf(tiers[i], "true".equals(batches[i])).orElse(""),
            lack,
            (before, now) -> now.or(() -> before));
      }
    }
  }

  private Reply prices(Call call) {
    Catalogue catalogue = tenants.settings().usage().catalogue();
    LocalDate day =
        call.date(DATE).orElseGet(() -> LocalDate.ofInstant(call.now(), ZoneOffset.UTC));
    Optional<String> model = call.text(MODEL);
    Optional<String> tier = call.text(TIER).flatMap(Price::tierOf);
    List<Price> prices =
        model.isPresent()
            ? catalogue.find(model.orElseThrow(), tier, day).stream().toList()
            : catalogue.prices().stream().filter(price -> price.tier().equals(tier)).toList();
    var sorted = new TreeMap<String, Price>();
    prices.forEach(price -> sorted.put(price.model() + " " + price.from(), price));
    var page =
        Pagination.of(call, List.copyOf(sorted.values()), each -> each.model() + " " + each.from());
    var columns = new ArrayList<>(List.of("model", "tier", "from", "source", "as_of"));
    for (Meter meter : Meter.values()) {
      columns.add(meter.field());
    }
    var table = new Table(columns);
    JsonObject document =
        page.document(price -> {
          var cells = new ArrayList<@Nullable Object>();
          cells.add(price.model());
          cells.add(price.tier());
          cells.add(price.from());
          cells.add(price.source());
          cells.add(price.asOf());
          for (Meter meter : Meter.values()) {
            cells.add(price.of(meter).map(each -> meter.written(each)));
          }
          table.row(cells);
          return price(price);
        });
    document.put(
        "why",
        model.filter(_ -> prices.isEmpty()).map(name -> catalogue.whyUnpriced(name, tier, day)));
    return told(document, false, Optional.empty(), table);
  }

  private Reply rates(Call call) {
    Tenant tenant = tenants.of(call);
    LocalDate day =
        call.date(USED).orElseGet(() -> LocalDate.ofInstant(call.now(), ZoneOffset.UTC));
    List<Verdict> verdicts =
        Verdict.of(tenant.ledger().rates(), tenant.settings().usage().catalogue(), day);
    var sorted = new TreeMap<String, Verdict>();
    verdicts.forEach(verdict -> sorted.put(key(verdict.rate()), verdict));
    var page = Pagination.of(call, List.copyOf(sorted.values()), verdict -> key(verdict.rate()));
    Table table = RATES.table();
    JsonObject document = page.document(verdict -> RATES.row(verdict, table));
    Optional<Instant> asOf =
        Tenant.lastSuccess(tenant.records().latest(call.now()), CycleRecord.COSTS);
    return told(document, tenant.simulated(), asOf, table);
  }

  private static String key(Rates.Rate rate) {
    return rate.model() + " " + rate.tier().orElse("") + " " + rate.meter().field();
  }

  private static BigDecimal written(Verdict verdict, BigDecimal perUnit) {
    return verdict.rate().meter().written(perUnit);
  }

  private static List<String> reasons() {
    return Stream.of(Verdict.Reason.values()).map(Verdict.Reason::id).toList();
  }

  private static JsonObject price(Price price) {
    var usd = JsonObject.of();
    price
        .perUnit()
        .forEach((meter, each) -> usd.put(meter.field(), meter.written(each).toPlainString()));
    return JsonObject.of("model", price.model())
        .put("tier", price.tier())
        .put("from", price.from())
        .put("source", price.source())
        .put("as_of", price.asOf())
        .put("usd", usd);
  }

  private static Reply told(
      JsonObject document, boolean simulated, Optional<Instant> asOf, Table table) {
    return Reply.of(document.put("as_of", asOf).put("simulated", simulated))
        .withTable(() -> table)
        .simulated(simulated);
  }

  private static Route listing(
      String what,
      String summary,
      List<Parameter> parameters,
      Supplier<JsonObject> item,
      Route.Handler handler) {
    return listing(what, summary, parameters, item, JsonObject.of(), handler);
  }

  private static Route listing(
      String what,
      String summary,
      List<Parameter> parameters,
      Supplier<JsonObject> item,
      JsonObject more,
      Route.Handler handler) {
    var all = new ArrayList<>(parameters);
    all.add(Pagination.LIMIT);
    all.add(Pagination.CURSOR);
    return Route.reading(
        "/api/v1/" + what,
        what,
        summary,
        all,
        Answer.table(() ->
            Schema.object(
                Pagination.schema(item.get())
                    .put("as_of", Schema.nullable(Schema.string("date-time")))
                    .put("simulated", Schema.bool())
                    .putAll(more))),
        handler);
  }

  private static Optional<String> text(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static Optional<String> detail(Name name, String detail) {
    return Optional.ofNullable(name.details().get(detail));
  }

  private static long present(long value) {
    return value == Rollup.ABSENT ? 0 : value;
  }

  /** The endpoint and the day of usage without a price. */
  private record Lack(String endpoint, LocalDate day) {}

  private static final class Used {
    private final String name;
    private final LocalDate first;
    private final Set<String> endpoints = new TreeSet<>();

    /** By service tier, empty for the base price, the last usage in it that has no price. */
    private final SortedMap<String, Optional<Lack>> tiers = new TreeMap<>();

    private LocalDate last;
    private long requests;
    private long tokens;
    private BigDecimal estimated = BigDecimal.ZERO;
    private boolean priced = true;

    Used(String name, LocalDate first) {
      this.name = name;
      this.first = first;
      this.last = first;
    }

    Optional<String> why(String tier, Estimator estimator) {
      return tiers
          .getOrDefault(tier, Optional.empty())
          .map(lack -> estimator.unpriced(lack.endpoint(), name, Price.tierOf(tier), lack.day()))
          .map(Unpriced::why);
    }
  }
}
