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
import dev.tallyman.api.v1.ListingShapes.Owned;
import dev.tallyman.api.v1.ListingShapes.Read;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Price;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.price.Verdict;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Lists of what there is: organizations, projects, keys, models, prices. */
public final class Listings {
  private static final int USED_DAYS = 90;

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

  public List<Route> routes() {
    JsonObject name = Schema.nullable(Schema.string());
    return List.of(
        listing(
            "organizations",
            "The organizations that were read at least once.",
            List.of(),
            () -> ListingShapes.organization().schema(),
            this::organizations),
        listing(
            "projects",
            "The projects whose names are known, deleted ones among them.",
            List.of(Tenants.ORG),
            () -> ListingShapes.project().schema(),
            this::projects),
        listing(
            "keys",
            "The API keys whose names are known, masked; deleted ones among them.",
            List.of(Tenants.ORG),
            () -> ListingShapes.key().schema(),
            this::keys),
        listing(
            "models",
            "The models that were used, with the group whose pool they draw on, their price, and"
                + " that of each service tier in which they were used.",
            List.of(SINCE, UNTIL, Tenants.ORG),
            () -> UsedModel.shape().schema(),
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
            () -> ListingShapes.rate().schema(),
            this::rates));
  }

  /** A price, which the lists of prices and of models contain. */
  public static JsonObject priceSchema() {
    return ListingShapes.price().schema();
  }

  private Reply organizations(Call call) {
    Settings settings = tenants.settings();
    List<Organization> all = new Organizations(site.store()).all();
    var page = Pagination.of(call, all, Organization::id);
    var shape = ListingShapes.organization();
    Table table = shape.table();
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
          return shape.row(new Read(organization, name, last), table);
        });
    boolean simulated = page.items().stream().anyMatch(Organization::simulated);
    return told(document, simulated, Optional.empty(), table);
  }

  private Reply projects(Call call) {
    return named(
        call, tenants.of(call), Name.Kind.PROJECT, ListingShapes.project(), project -> project);
  }

  private Reply keys(Call call) {
    Tenant tenant = tenants.of(call);
    Map<String, Name> projects = tenant.ledger().names(Name.Kind.PROJECT);
    return named(
        call,
        tenant,
        Name.Kind.API_KEY,
        ListingShapes.key(),
        key ->
            new Owned(
                key,
                ListingShapes.detail(key, "project")
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
    Map<String, UsedModel> used =
        UsedModel.of(tenant.ledger().rollups(View.MODELS, Rollup.UTC, since, until));
    Catalogue catalogue = tenant.settings().usage().catalogue();
    var estimator = new Estimator(catalogue, tenant.ledger().rates());
    LocalDate last = until.minusDays(1);
    ModelGroups groups = tenant.settings().usage().groups();
    var page = Pagination.of(call, List.copyOf(used.values()), UsedModel::name);
    var shape = UsedModel.shape();
    Table table = shape.table();
    JsonObject document =
        page.document(model -> {
          boolean pooled = model.endpoints().contains(Known.COMPLETIONS.id());
          return shape.row(
              new UsedModel.Row(
                  model,
                  pooled ? groups.groupOf(model.name()) : Optional.empty(),
                  !pooled || groups.known(model.name()),
                  catalogue.find(model.name(), last),
                  model.priced(catalogue, estimator, last),
                  tenant.simulated()),
              table);
        });
    Optional<Instant> asOf =
        Tenant.lastSuccess(tenant.records().latest(call.now()), Known.COMPLETIONS.id());
    return told(document, tenant.simulated(), asOf, table);
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
    var shape = ListingShapes.price();
    Table table = shape.table();
    JsonObject document = page.document(price -> shape.row(price, table));
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
    var shape = ListingShapes.rate();
    Table table = shape.table();
    JsonObject document = page.document(verdict -> shape.row(verdict, table));
    Optional<Instant> asOf =
        Tenant.lastSuccess(tenant.records().latest(call.now()), CycleRecord.COSTS);
    return told(document, tenant.simulated(), asOf, table);
  }

  private static String key(Rates.Rate rate) {
    return rate.model() + " " + rate.tier().orElse("") + " " + rate.meter().field();
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
}
