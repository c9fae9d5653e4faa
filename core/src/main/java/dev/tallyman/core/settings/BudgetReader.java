package dev.tallyman.core.settings;

import dev.tallyman.core.Slug;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Limit;
import dev.tallyman.core.budget.Notices;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.group.ModelGroup;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.metric.Unit;
import dev.tallyman.core.settings.Section.Listed;
import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the budgets of a settings document, and makes those of the pools. */
final class BudgetReader {
  /** What the ids of the pools' budgets begin with. */
  static final String POOL = "pool-";

  private static final int MOST_BUDGETS = 5000;
  private static final int MOST_NAME = 100;
  private static final int MOST_VALUES = 100;
  private static final int MOST_THRESHOLDS = 10;
  private static final int MOST_HOURS = 24 * 366;
  private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000_000_000L);
  private static final BigDecimal LEAST_MONEY = new BigDecimal("0.000001");
  private static final List<String> USUAL = List.of("80%", "90%", "100%");
  private static final String ESTIMATED = "take one of estimated, tokens and requests";
  private static final Pattern THRESHOLD =
      Pattern.compile("([0-9][0-9_.]{0,29})\\s*(%|[a-z]{1,20})", Pattern.CASE_INSENSITIVE);

  private static final List<String> FIELDS =
      List.of(
          "name",
          "organization",
          "metric",
          "currency",
          "limit",
          "window",
          "zone",
          "scope",
          "thresholds",
          "owner",
          "runbook",
          "channels",
          "renotify_hours");

  private static final List<GroupBy> DIMENSIONS =
      List.of(GroupBy.PROJECT, GroupBy.KEY, GroupBy.USER, GroupBy.MODEL, GroupBy.GROUP);

  /** By what bills are told apart that budgets go by. */
  private static final Set<GroupBy> BILLED = Set.of(GroupBy.PROJECT, GroupBy.KEY);

  private static final List<Metric> METRICS =
      Arrays.stream(Metric.values())
          .filter(each -> each.money() || each.unit() == Unit.TOKENS || each == Metric.REQUESTS)
          .toList();

  private final Collection<String> groups;
  private final ChannelReader channels;

  /**
   * Reads budgets.
   *
   * @param groups the names of all model groups
   */
  BudgetReader(Collection<String> groups, ChannelReader channels) {
    this.groups = groups;
    this.channels = channels;
  }

  /** The budgets of the pools: each group that has a daily limit. */
  static List<Budget> pools(
      List<ModelGroup> groups, Set<String> projects, BigDecimal thresholdPercent) {
    return groups.stream()
        .filter(group -> group.dailyLimit() > 0)
        .map(group -> pool(group, projects, thresholdPercent))
        .toList();
  }

  private static Budget pool(ModelGroup group, Set<String> projects, BigDecimal percent) {
    SortedMap<GroupBy, SortedSet<String>> scope = GroupBy.map();
    scope.put(GroupBy.GROUP, new TreeSet<>(List.of(group.name())));
    if (!projects.isEmpty()) {
      scope.put(GroupBy.PROJECT, new TreeSet<>(projects));
    }
    return new Budget(
        POOL + group.name(),
        "Free tokens of " + group.name(),
        Optional.empty(),
        new Limit(
            Metric.TOKENS,
            BigDecimal.valueOf(group.dailyLimit()),
            Optional.empty(),
            new Scope(scope),
            WindowKind.DAY,
            ZoneOffset.UTC),
        Notices.at(List.of(new Threshold.Percent(percent))),
        true);
  }

  /** The budgets of this section, which is kept, by their ids. */
  List<Budget> read(Section section) {
    if (section.names().size() > MOST_BUDGETS) {
      section.note(section.path(), "are more than " + MOST_BUDGETS);
      return List.of();
    }
    var budgets = new ArrayList<Budget>();
    for (String id : new TreeSet<>(section.names())) {
      if (!Slug.is(id.replace('_', '-'))) {
        section.add(id, "cannot be the id of a budget; it has to be " + Slug.ALLOWED + ", or _");
      } else if (id.startsWith(POOL)) {
        section.add(
            id,
            "is kept for the budgets of the pools, which follow daily_limit of the groups; choose"
                + " an id that does not begin with "
                + POOL);
      } else {
        Section fields = section.section(id);
        budget(id, fields).ifPresent(budgets::add);
        section.keep(id, fields.canonical());
      }
    }
    return budgets;
  }

  private Optional<Budget> budget(String id, Section fields) {
    fields.only(FIELDS);
    for (String needed : List.of("metric", "limit", "window")) {
      if (!fields.has(needed)) {
        fields.add(needed, "is missing" + needed(needed));
      }
    }
    Optional<String> name = line(fields, "name");
    Optional<String> organization = line(fields, "organization");
    if (organization.isPresent() && !Slug.is(organization.get())) {
      fields.add("organization", "has to be " + Slug.ALLOWED);
    }
    Optional<String> owner = line(fields, "owner");
    Optional<Metric> metric = metric(fields);
    Optional<WindowKind> window =
        fields
            .oneOf("window", Arrays.stream(WindowKind.values()).map(WindowKind::id).toList())
            .flatMap(WindowKind::of);
    ZoneId zone = fields.zone("zone").orElse(ZoneOffset.UTC);
    Scope scope = scope(fields);
    metric
        .filter(Metric::billed)
        .ifPresent(billed -> refuseBeyondBills(fields, billed, window, zone, scope));
    if (window.equals(Optional.of(WindowKind.HOUR)) && !zone.equals(ZoneOffset.UTC)) {
      fields.add("zone", "is not for hours, which are those of UTC; remove it or take a day");
    }
    Optional<String> currency = metric.flatMap(each -> currency(fields, each));
    Optional<BigDecimal> limit = metric.flatMap(each -> limit(fields, each));
    Optional<String> runbook = runbook(fields);
    List<String> told = channels.names(fields, "channels");
    Optional<Duration> renotify =
        fields.number("renotify_hours", 1, MOST_HOURS).map(Duration::ofHours);
    if (metric.isEmpty() || limit.isEmpty() || window.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Budget(
            id,
            name.orElse(id),
            organization,
            new Limit(metric.get(), limit.get(), currency, scope, window.get(), zone),
            new Notices(
                thresholds(
                    fields,
                    limit.get(),
                    Threshold.word(metric.get().unit(), currency.orElse(Unit.USD))),
                owner,
                runbook,
                told,
                renotify),
            false));
  }

  private static String needed(String field) {
    return switch (field) {
      case "metric" -> "; allowed: " + metrics();
      case "limit" -> "; give USD or what its currency is, or a count, above 0";
      default -> "; allowed: hour, day, week, month, quarter";
    };
  }

  private static String metrics() {
    return METRICS.stream().map(Metric::id).collect(Collectors.joining(", "));
  }

  private static Optional<String> line(Section fields, String name) {
    Optional<String> text = fields.text(name);
    if (text.isPresent()
        && (text.get().length() > MOST_NAME
            || text.get().chars().anyMatch(Character::isISOControl))) {
      fields.add(name, "has to be one line of at most " + MOST_NAME + " characters");
    }
    text.ifPresent(value -> fields.keep(name, value));
    return text;
  }

  private static Optional<Metric> metric(Section fields) {
    Optional<String> id = fields.text("metric");
    Optional<Metric> metric = id.flatMap(Metric::of).filter(METRICS::contains);
    if (id.isPresent() && metric.isEmpty()) {
      List<String> ids = METRICS.stream().map(Metric::id).toList();
      fields.add(
          "metric",
          Metric.of(id.get()).isPresent()
              ? "cannot be %s; for money take cost, billed or estimated, else tokens or requests."
                      .formatted(id.get())
                  + " Allowed: "
                  + metrics()
              : "knows no %s%s; allowed: %s"
                  .formatted(Text.shown(id.get()), Text.didYouMean(id.get(), ids), metrics()));
    }
    metric.ifPresent(each -> fields.keep("metric", each.id()));
    return metric;
  }

  /** Bills know UTC days, projects and keys only. */
  private static void refuseBeyondBills(
      Section fields, Metric metric, Optional<WindowKind> window, ZoneId zone, Scope scope) {
    if (window.equals(Optional.of(WindowKind.HOUR))) {
      fields.add(
          "window",
          "cannot be hour for %s, which is known by UTC days; take day or longer, or for hours %s"
              .formatted(metric.id(), ESTIMATED));
    }
    if (!zone.equals(ZoneOffset.UTC)) {
      fields.add(
          "zone",
          "cannot be %s for %s, which is known by UTC days; remove it, or for days of a zone %s"
              .formatted(zone, metric.id(), ESTIMATED));
    }
    for (GroupBy by : scope.dimensions()) {
      if (!BILLED.contains(by)) {
        fields.add(
            "scope." + by.id(),
            "cannot narrow %s, which budgets know by project and key; for a %s %s"
                .formatted(metric.id(), by.id(), ESTIMATED));
      }
    }
  }

  private Scope scope(Section fields) {
    if (!fields.has("scope")) {
      return Scope.ORGANIZATION;
    }
    Section section = fields.section("scope");
    section.only(DIMENSIONS.stream().map(GroupBy::id).toList());
    SortedMap<GroupBy, SortedSet<String>> parts = GroupBy.map();
    for (GroupBy by : DIMENSIONS) {
      List<Listed> listed = section.textOrTexts(by.id(), MOST_VALUES);
      for (Listed each : listed) {
        if (by.equals(GroupBy.GROUP) && !groups.contains(each.text())) {
          section.note(
              each.path(),
              "knows no group %s%s; known: %s"
                  .formatted(
                      Text.shown(each.text()),
                      Text.didYouMean(each.text(), groups),
                      String.join(", ", groups)));
        }
      }
      if (!listed.isEmpty()) {
        var values = new TreeSet<>(listed.stream().map(Listed::text).toList());
        parts.put(by, values);
        section.keep(by.id(), values.size() == 1 ? values.first() : List.copyOf(values));
      } else if (section.has(by.id()) && section.clean(by.id())) {
        section.add(by.id(), "is empty; name what the budget covers, or remove it");
      }
    }
    if (!section.canonical().isEmpty()) {
      fields.keep("scope", section.canonical());
    }
    return new Scope(parts);
  }

  /** The only currency that a budget is about; bills may be in any, estimates are in USD. */
  private static Optional<String> currency(Section fields, Metric metric) {
    Optional<String> text = fields.text("currency");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String code = text.get().toLowerCase(Locale.ROOT);
    if (!metric.money()) {
      fields.add(
          "currency",
          "is for money, which %s is not; remove it, or take cost or billed"
              .formatted(metric.id()));
    } else if (!currencies().contains(code)) {
      fields.add(
          "currency",
          "knows no %s%s; give a code of ISO 4217 such as eur"
              .formatted(Text.shown(text.get()), Text.didYouMean(code, currencies())));
    } else if (metric == Metric.ESTIMATED && !code.equals(Unit.USD)) {
      fields.add(
          "currency",
          "cannot be %s for estimated, which is in usd; take the metric cost or billed, which count"
                  .formatted(code)
              + " the bills in "
              + code
              + ", or remove it");
    } else {
      fields.keep("currency", code);
      return Optional.of(code);
    }
    return Optional.empty();
  }

  /** The codes of ISO 4217, in small letters; only a budget that names one needs them. */
  private static Set<String> currencies() {
    return Currency.getAvailableCurrencies().stream()
        .map(each -> each.getCurrencyCode().toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Optional<BigDecimal> limit(Section fields, Metric metric) {
    return metric.money()
        ? fields.decimal("limit", LEAST_MONEY, MOST)
        : fields.number("limit", 1, MOST.longValueExact()).map(BigDecimal::valueOf);
  }

  /**
   * The thresholds.
   *
   * @param word in what amounts are written, for instance usd
   */
  private static List<Threshold> thresholds(Section fields, BigDecimal limit, String word) {
    List<Listed> texts =
        fields.has("thresholds")
            ? fields.texts("thresholds", MOST_THRESHOLDS)
            : USUAL.stream().map(text -> new Listed("", text)).toList();
    if (fields.has("thresholds") && texts.isEmpty() && fields.clean("thresholds")) {
      fields.add("thresholds", "are none; remove the field for 80%, 90% and 100%");
    }
    var thresholds = new ArrayList<Threshold>();
    var amounts = new TreeSet<BigDecimal>();
    for (Listed listed : texts) {
      Optional<Threshold> threshold = threshold(listed.text(), word);
      if (threshold.isEmpty()) {
        fields.note(
            listed.path(),
            "has to be a share such as \"80%%\" or an amount such as \"1500 %s\", above 0, not %s"
                .formatted(word, Text.shown(listed.text())));
      } else if (!amounts.add(threshold.get().of(limit))) {
        fields.note(
            listed.path(),
            Text.shown(listed.text()) + " is as much as another threshold; remove one");
      } else {
        thresholds.add(threshold.get());
      }
    }
    if (fields.has("thresholds")) {
      fields.keep("thresholds", thresholds.stream().map(Threshold::text).toList());
    }
    return thresholds;
  }

  private static Optional<Threshold> threshold(String text, String word) {
    Matcher parts = THRESHOLD.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    BigDecimal number;
    try {
      number = Decimals.parse(parts.group(1).replace("_", ""));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
    boolean percent = parts.group(2).equals("%");
    boolean fits =
        number.signum() > 0
            && number.compareTo(MOST) <= 0
            && number.scale() <= 12
            && (percent || parts.group(2).equalsIgnoreCase(word));
    return !fits
        ? Optional.empty()
        : Optional.of(percent ? new Threshold.Percent(number) : new Threshold.Amount(number, word));
  }

  private static Optional<String> runbook(Section fields) {
    Optional<String> runbook = fields.text("runbook");
    if (runbook.isPresent() && !Addresses.isWeb(runbook.get())) {
      fields.add(
          "runbook",
          "has to be an address such as https://wiki.example.com/budgets, not "
              + Text.shown(runbook.get()));
    }
    runbook.ifPresent(value -> fields.keep("runbook", value));
    return runbook;
  }
}
