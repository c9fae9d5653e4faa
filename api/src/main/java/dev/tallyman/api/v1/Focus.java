package dev.tallyman.api.v1;

import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Json;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.message.Route.Answer;
import dev.tallyman.api.message.Table;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.price.LineItem;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.query.Series;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Name;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Bills as FOCUS 1.2 has them (FinOps Open Cost and Usage Specification, focus.finops.org): a row
 * for each UTC day, project, line item and API key. What is not billed yet is told only when asked
 * for, in rows of its own whose billed cost is 0.
 */
public final class Focus {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final int MOST_DAYS = 366;

  /** Few enough that each project has a series of its own. */
  private static final int DAYS_AT_ONCE = 31;

  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

  private static final Parameter SINCE =
      Parameter.date("since", "The first UTC day; without it the first of this month.");
  private static final Parameter UNTIL =
      Parameter.date("until", "The UTC day before which the range ends; else tomorrow.");
  private static final Parameter PROJECT =
      Parameter.text("project", "Only this project, by its id.");
  private static final Parameter ESTIMATED =
      Parameter.oneOf(
              "estimated",
              List.of("true", "false"),
              "Whether rows follow for what is not billed yet, marked x_Source=estimated.")
          .byDefault("false");

  private final Site site;
  private final Tenants tenants;

  public Focus(Site site, Tenants tenants) {
    this.site = site;
    this.tenants = tenants;
  }

  public Route route() {
    return Route.reading(
        "/api/v1/focus",
        "focus",
        "Bills as a CSV file of FOCUS 1.2, by UTC days.",
        List.of(SINCE, UNTIL, PROJECT, ESTIMATED, Tenants.ORG),
        Answer.text("text/csv"),
        this::answer);
  }

  private Reply answer(Call call) {
    Tenant tenant = tenants.of(call);
    LocalDate today = LocalDate.ofInstant(call.now(), ZoneOffset.UTC);
    LocalDate until = call.date(UNTIL).orElseGet(() -> today.plusDays(1));
    LocalDate since = call.date(SINCE).orElseGet(() -> today.withDayOfMonth(1));
    if (!since.isBefore(until) || since.isBefore(until.minusDays(MOST_DAYS))) {
      throw Problem.parameter(
          SINCE.name(), "since must be earlier than until, by at most " + MOST_DAYS + " days.");
    }
    var file = new File(tenant, call);
    file.billed(since, until);
    if (call.text(ESTIMATED).map(ESTIMATED::choice).filter("true"::equals).isPresent()) {
      file.estimated(since, until);
    }
    String mark = tenant.simulated() ? "-SIMULATED" : "";
    return Reply.of("text/csv; charset=utf-8; header=present", file.csv())
        .with(
            "Content-Disposition",
            "attachment; filename=\"tallyman-focus-" + since + "-" + until + mark + ".csv\"")
        .simulated(tenant.simulated());
  }

  /** The columns in the order of the specification, which is that of the alphabet; ours last. */
  enum Column {
    BILLED_COST("BilledCost"),
    BILLING_ACCOUNT_ID("BillingAccountId"),
    BILLING_ACCOUNT_NAME("BillingAccountName"),
    BILLING_ACCOUNT_TYPE("BillingAccountType"),
    BILLING_CURRENCY("BillingCurrency"),
    BILLING_PERIOD_END("BillingPeriodEnd"),
    BILLING_PERIOD_START("BillingPeriodStart"),
    CHARGE_CATEGORY("ChargeCategory"),
    CHARGE_CLASS("ChargeClass"),
    CHARGE_DESCRIPTION("ChargeDescription"),
    CHARGE_FREQUENCY("ChargeFrequency"),
    CHARGE_PERIOD_END("ChargePeriodEnd"),
    CHARGE_PERIOD_START("ChargePeriodStart"),
    CONSUMED_QUANTITY("ConsumedQuantity"),
    CONSUMED_UNIT("ConsumedUnit"),
    CONTRACTED_COST("ContractedCost"),
    EFFECTIVE_COST("EffectiveCost"),
    INVOICE_ID("InvoiceId"),
    INVOICE_ISSUER_NAME("InvoiceIssuerName"),
    LIST_COST("ListCost"),
    PRICING_QUANTITY("PricingQuantity"),
    PRICING_UNIT("PricingUnit"),
    PROVIDER_NAME("ProviderName"),
    PUBLISHER_NAME("PublisherName"),
    REGION_ID("RegionId"),
    RESOURCE_ID("ResourceId"),
    RESOURCE_NAME("ResourceName"),
    RESOURCE_TYPE("ResourceType"),
    SERVICE_CATEGORY("ServiceCategory"),
    SERVICE_NAME("ServiceName"),
    SERVICE_SUBCATEGORY("ServiceSubcategory"),
    SKU_ID("SkuId"),
    SKU_METER("SkuMeter"),
    SKU_PRICE_DETAILS("SkuPriceDetails"),
    SKU_PRICE_ID("SkuPriceId"),
    SUB_ACCOUNT_ID("SubAccountId"),
    SUB_ACCOUNT_NAME("SubAccountName"),
    SUB_ACCOUNT_TYPE("SubAccountType"),
    TAGS("Tags"),
    AS_OF("x_AsOf"),
    LIST_PRICE_KNOWN("x_ListPriceKnown"),
    QUANTITY_KNOWN("x_QuantityKnown"),
    REVISION("x_Revision"),
    SIMULATED("x_Simulated"),
    SOURCE("x_Source");

    private final String title;

    Column(String title) {
      this.title = title;
    }
  }

  /** How much is charged for, as it is consumed and as it is priced. */
  private record Quantity(
      BigDecimal consumed, String unit, BigDecimal priced, String pricingUnit, boolean known) {
    /** A charge that says no quantity is one charge. */
    static final Quantity UNKNOWN =
        new Quantity(BigDecimal.ONE, "Charges", BigDecimal.ONE, "Charges", false);

    static Quantity of(CostRow row, Optional<Meter> meter) {
      BigDecimal quantity = row.quantity();
      String unit = row.unit();
      if (quantity == null) {
        return UNKNOWN;
      }
      if (unit == null) {
        return meter.map(each -> of(quantity, each)).orElse(UNKNOWN);
      }
      return switch (unit) {
        case "tokens" -> tokens(quantity);
        case "1000_tokens" -> tokens(quantity.multiply(THOUSAND));
        case "duration_seconds" -> plain(quantity, "Seconds");
        case "duration_minutes" -> plain(quantity, "Minutes");
        case "duration_hours" -> plain(quantity, "Hours");
        case "gibibyte_hours" -> plain(quantity, "GiB-Hours");
        case "images" -> plain(quantity, "Images");
        case "characters" -> plain(quantity, "Characters");
        default -> UNKNOWN;
      };
    }

    /** Before the provider named units, the line item said what was counted. */
    private static Quantity of(BigDecimal quantity, Meter meter) {
      return switch (meter) {
        case CHARACTERS -> plain(quantity, "Characters");
        case SECONDS -> plain(quantity, "Seconds");
        case SESSIONS -> plain(quantity, "Sessions");
        case CALLS -> plain(quantity, "Calls");
        case GIB_HOURS -> plain(quantity, "GiB-Hours");
        default -> tokens(quantity);
      };
    }

    private static Quantity tokens(BigDecimal tokens) {
      return new Quantity(
          tokens, "Tokens", tokens.movePointLeft(6).stripTrailingZeros(), "1000000 Tokens", true);
    }

    /** Whether it is counted in the unit that a price of this meter is for. */
    boolean isOf(Meter meter) {
      return known && unit.equals(of(BigDecimal.ONE, meter).unit());
    }

    private static Quantity plain(BigDecimal quantity, String unit) {
      return new Quantity(quantity, unit, quantity, unit, true);
    }
  }

  /** The rows of one answer. */
  private final class File {
    private final Tenant tenant;
    private final Instant now;
    private final Optional<String> onlyProject;
    private final Optional<Instant> asOf;
    private final Map<String, Name> projects;
    private final Map<String, Name> keys;
    private final Map<Column, @Nullable Object> same = new HashMap<>();
    private final Table table =
        new Table(List.of(Column.values()).stream().map(column -> column.title).toList());

    File(Tenant tenant, Call call) {
      this.tenant = tenant;
      this.now = call.now();
      this.onlyProject = call.text(PROJECT);
      this.asOf = Tenant.lastSuccess(tenant.records().latest(now), CycleRecord.COSTS);
      this.projects = tenant.ledger().names(Name.Kind.PROJECT);
      this.keys = tenant.ledger().names(Name.Kind.API_KEY);
      same.put(Column.BILLING_ACCOUNT_ID, tenant.account());
      same.put(Column.BILLING_ACCOUNT_NAME, tenant.name().orElseGet(tenant::account));
      same.put(Column.BILLING_ACCOUNT_TYPE, "Organization");
      same.put(Column.CHARGE_FREQUENCY, "Usage-Based");
      same.put(Column.INVOICE_ISSUER_NAME, "OpenAI");
      same.put(Column.PROVIDER_NAME, "OpenAI");
      same.put(Column.PUBLISHER_NAME, "OpenAI");
      same.put(Column.SERVICE_CATEGORY, "AI and Machine Learning");
      same.put(Column.SERVICE_SUBCATEGORY, "Generative AI");
      same.put(Column.SERVICE_NAME, "OpenAI API");
      same.put(Column.SIMULATED, tenant.simulated());
    }

    dev.tallyman.core.store.Bytes csv() {
      return table.csv();
    }

    void billed(LocalDate since, LocalDate until) {
      for (CostDay day : tenant.ledger().costs(since, until)) {
        int revision = tenant.ledger().costRevisions(day.day()).size();
        for (CostRow row : day.rows()) {
          if (wanted(Optional.ofNullable(row.project()))) {
            billed(day.day(), row, revision);
          }
        }
      }
    }

    private void billed(LocalDate day, CostRow row, int revision) {
      String text = row.lineItem() == null ? "" : row.lineItem();
      LineItem item = LineItem.parse(text);
      Quantity quantity = Quantity.of(row, item.meter());
      Optional<BigDecimal> list =
          row.currency().equals(Query.USD)
              ? listPrice(item, quantity, day).map(quantity.consumed()::multiply)
              : Optional.empty();
      String sku = text.isEmpty() ? "unspecified" : text.strip().toLowerCase(Locale.ROOT);
      Map<Column, @Nullable Object> cells =
          row(day, Optional.ofNullable(row.project()), row.currency(), quantity);
      cells.put(Column.BILLED_COST, row.amount());
      cells.put(Column.EFFECTIVE_COST, row.amount());
      cells.put(Column.CONTRACTED_COST, row.amount());
      cells.put(Column.LIST_COST, list.map(Focus::plain).orElseGet(row::amount));
      cells.put(Column.CHARGE_CATEGORY, row.amount().signum() < 0 ? "Adjustment" : "Usage");
      cells.put(Column.CHARGE_DESCRIPTION, text.isEmpty() ? "Unspecified" : text);
      if (row.apiKey() != null) {
        cells.put(Column.RESOURCE_ID, row.apiKey());
        cells.put(Column.RESOURCE_NAME, name(keys, row.apiKey()));
        cells.put(Column.RESOURCE_TYPE, "API Key");
      }
      cells.put(Column.SKU_ID, sku);
      cells.put(Column.SKU_METER, item.meter().map(Focus::title));
      cells.put(Column.SKU_PRICE_ID, sku + "@" + quantity.pricingUnit());
      cells.put(Column.SKU_PRICE_DETAILS, details(item));
      cells.put(Column.LIST_PRICE_KNOWN, list.isPresent());
      cells.put(Column.REVISION, revision);
      cells.put(Column.SOURCE, "billed");
      add(cells);
    }

    /**
     * A row for each day and project whose cost is more than its bill, with the difference: the sum
     * of the effective cost is then what {@code cost} is in every other answer.
     */
    void estimated(LocalDate since, LocalDate until) {
      for (LocalDate from = since; from.isBefore(until); from = from.plusDays(DAYS_AT_ONCE)) {
        LocalDate end = from.plusDays(DAYS_AT_ONCE);
        estimatedAtOnce(from, end.isBefore(until) ? end : until);
      }
    }

    private void estimatedAtOnce(LocalDate since, LocalDate until) {
      Map<LocalDate, Map<String, BigDecimal>> billed = byDay(Metric.BILLED, since, until);
      byDay(Metric.COST, since, until)
          .forEach((day, costs) ->
              costs.forEach((project, cost) -> {
                BigDecimal bill =
                    billed.getOrDefault(day, Map.of()).getOrDefault(project, BigDecimal.ZERO);
                Optional<String> of = project.isEmpty() ? Optional.empty() : Optional.of(project);
                if (cost.compareTo(bill) > 0 && wanted(of)) {
                  estimated(day, of, cost.subtract(bill));
                }
              }));
    }

    private void estimated(LocalDate day, Optional<String> project, BigDecimal amount) {
      Map<Column, @Nullable Object> cells = row(day, project, Query.USD, Quantity.UNKNOWN);
      cells.put(Column.BILLED_COST, BigDecimal.ZERO);
      cells.put(Column.EFFECTIVE_COST, amount);
      cells.put(Column.CONTRACTED_COST, amount);
      cells.put(Column.LIST_COST, amount);
      cells.put(Column.CHARGE_CATEGORY, "Usage");
      cells.put(Column.CHARGE_DESCRIPTION, "Estimated from usage, not billed yet");
      cells.put(Column.SKU_ID, "estimated");
      cells.put(Column.SKU_PRICE_ID, "estimated@Charges");
      cells.put(Column.LIST_PRICE_KNOWN, false);
      cells.put(Column.REVISION, 0);
      cells.put(Column.SOURCE, "estimated");
      add(cells);
    }

    private Map<LocalDate, Map<String, BigDecimal>> byDay(
        Metric metric, LocalDate since, LocalDate until) {
      int days = (int) ChronoUnit.DAYS.between(since, until);
      var answer =
          new Queries(site.store(), tenant.settings().usage(), site.clock())
              .answer(
                  tenant.id(),
                  new Query(
                      metric,
                      List.of(GroupBy.PROJECT),
                      Map.of(),
                      start(since),
                      start(until),
                      Granularity.DAY,
                      UTC,
                      Query.mostSeries(days)));
      var byDay = new TreeMap<LocalDate, Map<String, BigDecimal>>();
      for (int i = 0; i < answer.buckets().size(); i++) {
        LocalDate day = LocalDate.ofInstant(answer.buckets().get(i), ZoneOffset.UTC);
        for (Series series : answer.series()) {
          String project = series.keys().getFirst().orElse("");
          series
              .values()
              .get(i)
              .ifPresent(
                  value -> byDay.computeIfAbsent(day, _ -> new TreeMap<>()).put(project, value));
        }
      }
      return byDay;
    }

    private boolean wanted(Optional<String> project) {
      return onlyProject.isEmpty() || onlyProject.equals(project);
    }

    /** What a row says of its day, project and quantity. */
    private Map<Column, @Nullable Object> row(
        LocalDate day, Optional<String> project, String currency, Quantity quantity) {
      var cells = new HashMap<Column, @Nullable Object>(same);
      LocalDate month = day.withDayOfMonth(1);
      cells.put(Column.BILLING_PERIOD_START, start(month));
      cells.put(Column.BILLING_PERIOD_END, start(month.plusMonths(1)));
      cells.put(Column.CHARGE_PERIOD_START, start(day));
      cells.put(Column.CHARGE_PERIOD_END, start(day.plusDays(1)));
      cells.put(Column.BILLING_CURRENCY, currency.toUpperCase(Locale.ROOT));
      cells.put(Column.CONSUMED_QUANTITY, quantity.consumed());
      cells.put(Column.CONSUMED_UNIT, quantity.unit());
      cells.put(Column.PRICING_QUANTITY, quantity.priced());
      cells.put(Column.PRICING_UNIT, quantity.pricingUnit());
      cells.put(Column.QUANTITY_KNOWN, quantity.known());
      cells.put(Column.AS_OF, asOf.map(at -> at.truncatedTo(ChronoUnit.SECONDS)));
      project.ifPresent(id -> {
        cells.put(Column.SUB_ACCOUNT_ID, id);
        cells.put(Column.SUB_ACCOUNT_NAME, name(projects, id));
        cells.put(Column.SUB_ACCOUNT_TYPE, "Project");
      });
      return cells;
    }

    private void add(Map<Column, @Nullable Object> cells) {
      var row = new ArrayList<@Nullable Object>();
      for (Column column : Column.values()) {
        row.add(cells.get(column));
      }
      table.row(row);
    }

    /** USD for one unit by the provider's list, in the tier of the item; none for long context. */
    private Optional<BigDecimal> listPrice(LineItem item, Quantity quantity, LocalDate day) {
      return item.longContext()
          ? Optional.empty()
          : item.model()
              .flatMap(
                  model -> tenant.settings().usage().catalogue().listed(model, item.tier(), day))
              .flatMap(price -> item.meter().filter(quantity::isOf).flatMap(price::of));
    }
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static Optional<String> name(Map<String, Name> names, String id) {
    return Optional.ofNullable(names.get(id)).map(Name::name).filter(name -> !name.isEmpty());
  }

  private static BigDecimal plain(BigDecimal amount) {
    BigDecimal stripped = amount.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** For instance {@code Cached Input Tokens}. */
  private static String title(Meter meter) {
    var title = new StringBuilder();
    for (String word : meter.name().toLowerCase(Locale.ROOT).split("_", -1)) {
      title.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1)).append(' ');
    }
    return meter.tokens() ? title.append("Tokens").toString() : title.toString().strip();
  }

  private static Optional<String> details(LineItem item) {
    JsonObject details =
        JsonObject.of()
            .putPresent("x_Model", item.model())
            .putPresent("x_ServiceTier", item.tier());
    return details.members().isEmpty() ? Optional.empty() : Optional.of(Json.line(details));
  }
}
