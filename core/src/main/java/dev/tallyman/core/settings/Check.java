package dev.tallyman.core.settings;

import dev.tallyman.core.ModelPatterns;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.group.ModelGroup;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.price.Price;
import dev.tallyman.core.settings.Section.Listed;
import dev.tallyman.core.store.Document;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a settings document once, from top to bottom, and notes every mistake in it. */
final class Check {
  static final String GROUPS = "groups";
  static final String DAILY_LIMIT = "daily_limit";
  static final String ZONES = "zones";
  static final String RETENTION = "retention";
  static final String HOURS = "hours";

  static final String CHANNELS = "channels";
  static final String ALERTS = "alerts";

  private static final String BUDGETS = "budgets";
  private static final String POOLS = "pools";
  private static final String PRICES = "prices";
  private static final String NAMES = "names";
  private static final String POLL = "poll";
  private static final String ORGANIZATIONS = "organizations";
  private static final String MODELS = "models";
  private static final String MORE_MODELS = "more_models";
  private static final String LIMITS = "limits";
  private static final String PROJECTS = "projects";
  private static final String STANDARD = "standard";
  private static final String LOW_USAGE_TIERS = "low_usage_tiers";

  private static final long MOST_TOKENS = 1_000_000_000_000_000L;
  private static final int MOST_GROUPS = 50;
  private static final int MOST_MODELS = 1000;
  private static final int MOST_PROJECTS = 10_000;
  private static final int MOST_PRICES = 1000;
  private static final int MOST_ZONES = 24;
  private static final int MOST_ORGANIZATIONS = 100;
  private static final int MOST_DAYS = 36_500;
  private static final int MINUTES_A_DAY = 1440;
  private static final int MOST_BYTES = 1_000_000;
  private static final int MOST_NESTED = 20;
  private static final BigDecimal DEAREST = BigDecimal.valueOf(1_000_000);
  private static final Pattern SLUG = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9/_.:+=@-]{1,500}");

  private final List<Mistake> mistakes = new ArrayList<>();
  private final Bounds bounds;
  private final Section root;

  /** How long lists and the whole may become. */
  enum Bounds {
    /** What somebody wrote. */
    WRITTEN,
    /** What somebody wrote, with what somebody else wrote above it. */
    MERGED;

    int most(int written) {
      return this == WRITTEN ? written : 2 * written;
    }
  }

  Check(Map<String, ? extends @Nullable Object> document, Bounds bounds) {
    this.bounds = bounds;
    refuseKeys("", document, 0);
    this.root = Section.of("", document, mistakes);
  }

  SettingsResult result() {
    root.only(
        List.of(
            GROUPS,
            POOLS,
            PRICES,
            ZONES,
            RETENTION,
            NAMES,
            POLL,
            ORGANIZATIONS,
            BUDGETS,
            CHANNELS,
            ALERTS));
    Section pools = root.section(POOLS);
    pools.only(List.of(LIMITS, PROJECTS));
    Section groupFields = root.section(GROUPS);
    ModelGroups groups = groups(limits(pools), groupFields);
    Set<String> projects = projects(pools);
    keep(POOLS, pools);
    var reader = new ChannelReader();
    Section channelFields = root.section(CHANNELS);
    SortedMap<String, Channel> channels = reader.channels(channelFields);
    keep(CHANNELS, channelFields);
    Section alertFields = root.section(ALERTS);
    AlertSettings alerts = reader.alerts(alertFields);
    keep(ALERTS, alertFields);
    List<Budget> budgets = budgets(reader, groupFields.names());
    var checked =
        new Checked(
            root.canonical(),
            groups,
            projects,
            prices(),
            zones(budgets),
            retention(),
            emails(),
            pollInterval(),
            organizations(),
            budgets,
            channels,
            alerts);
    boundSize();
    return mistakes.isEmpty()
        ? new SettingsResult.Valid(new Settings(checked))
        : new SettingsResult.Invalid(mistakes);
  }

  /** The document is read whole by every process. */
  private void boundSize() {
    int most = bounds == Bounds.WRITTEN ? MOST_BYTES : Document.MAX_BYTES;
    boolean fits;
    try {
      fits = Document.encode(root.canonical()).length <= most;
    } catch (IllegalArgumentException _) {
      fits = false;
    }
    if (!fits) {
      mistakes.add(
          new Mistake("", "takes more than " + MOST_BYTES + " bytes; shorten its longest lists"));
    }
  }

  private void keep(String name, Section section) {
    if (!section.canonical().isEmpty()) {
      root.keep(name, section.canonical());
    }
  }

  /** A key in the document would end up in stores, logs and answers, so none may be in it. */
  private void refuseKeys(String path, @Nullable Object value, int depth) {
    if (depth > MOST_NESTED) {
      mistakes.add(new Mistake(path, "is nested too deeply"));
      return;
    }
    switch (value) {
      case String text when Text.looksLikeKey(text) ->
          mistakes.add(new Mistake(path, Text.KEY_REFUSED));
      case Map<?, ?> map ->
          map.forEach((key, field) -> {
            String name = String.valueOf(key);
            // A name that looks like a key is refused where its section is read.
            String shown = Text.looksLikeKey(name) ? "…" : name;
            refuseKeys(path.isEmpty() ? shown : path + "." + shown, field, depth + 1);
          });
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          refuseKeys(path + "[" + i + "]", list.get(i), depth + 1);
        }
      }
      case null, default -> {}
    }
  }

  private ModelGroups limits(Section pools) {
    Optional<String> preset = pools.text(LIMITS);
    List<String> allowed = List.of(STANDARD, LOW_USAGE_TIERS);
    if (preset.isPresent() && !allowed.contains(preset.get())) {
      pools.add(
          LIMITS,
          "knows no %s%s; allowed: %s (of usage tiers 3 to 5) and %s (of 1 and 2)"
              .formatted(
                  Text.shown(preset.get()),
                  Text.didYouMean(preset.get(), allowed),
                  STANDARD,
                  LOW_USAGE_TIERS));
    }
    if (preset.isPresent() && preset.get().equals(LOW_USAGE_TIERS)) {
      pools.keep(LIMITS, LOW_USAGE_TIERS);
      return ModelGroups.builtIn().withLowUsageTierLimits();
    }
    return ModelGroups.builtIn();
  }

  private static Set<String> projects(Section pools) {
    List<String> projects =
        pools.texts(PROJECTS, MOST_PROJECTS).stream().map(Listed::text).toList();
    if (!projects.isEmpty()) {
      pools.keep(PROJECTS, projects);
    }
    return new LinkedHashSet<>(projects);
  }

  private ModelGroups groups(ModelGroups builtIn, Section section) {
    if (section.names().size() > bounds.most(MOST_GROUPS)) {
      root.add(GROUPS, "are more than " + MOST_GROUPS);
      return builtIn;
    }
    var own = new HashMap<String, String>();
    var said = new LinkedHashMap<String, ModelGroup>();
    for (String name : section.names()) {
      if (!ModelGroup.isName(name)) {
        section.add(
            name,
            "cannot be the name of a group; allowed are 1 to %d of a-z, 0-9, - and _"
                .formatted(ModelGroup.MAX_NAME));
        continue;
      }
      Section fields = section.section(name);
      said.put(name, group(name, fields, builtIn.group(name), own));
      section.keep(name, fields.canonical());
    }
    keep(GROUPS, section);
    ModelGroups groups = builtIn;
    if (mistakes.isEmpty()) {
      for (ModelGroup group : builtIn.groups()) {
        groups = groups.with(without(group, own));
      }
      for (ModelGroup group : said.values()) {
        groups = groups.with(without(group, own));
      }
    }
    return groups;
  }

  /** A group without the patterns that the document puts into another group. */
  private static ModelGroup without(ModelGroup group, Map<String, String> own) {
    List<String> kept =
        group.patterns().stream()
            .filter(pattern -> own.getOrDefault(pattern, group.name()).equals(group.name()))
            .toList();
    return new ModelGroup(group.name(), kept, group.dailyLimit());
  }

  private ModelGroup group(
      String name, Section fields, Optional<ModelGroup> builtIn, Map<String, String> own) {
    fields.only(List.of(MODELS, MORE_MODELS, DAILY_LIMIT));
    List<String> models = patterns(name, fields, MODELS, own);
    List<String> more = patterns(name, fields, MORE_MODELS, own);
    Optional<Long> limit = fields.number(DAILY_LIMIT, 0, MOST_TOKENS);
    if (builtIn.isEmpty()) {
      if (!fields.has(MODELS)) {
        fields.add(MODELS, "is missing; a group that is not built in needs its models");
      }
      if (!fields.has(DAILY_LIMIT)) {
        fields.add(DAILY_LIMIT, "is missing; give the tokens a day, or 0 for no pool");
      }
    }
    if (fields.has(MODELS) && fields.has(MORE_MODELS)) {
      fields.add(MORE_MODELS, "cannot stand beside models, which replaces the list; use one");
    }
    var all = new LinkedHashSet<String>();
    if (fields.has(MODELS)) {
      all.addAll(models);
    } else {
      builtIn.ifPresent(group -> all.addAll(group.patterns()));
      all.addAll(more);
    }
    long tokens = limit.orElseGet(() -> builtIn.map(ModelGroup::dailyLimit).orElse(0L));
    return new ModelGroup(name, List.copyOf(all), tokens);
  }

  private List<String> patterns(
      String group, Section fields, String field, Map<String, String> own) {
    var patterns = new ArrayList<String>();
    if (!fields.has(field)) {
      return patterns;
    }
    for (Listed listed : fields.texts(field, MOST_MODELS)) {
      String pattern = listed.text();
      Optional<String> problem = ModelPatterns.problem(pattern);
      String folded = ModelPatterns.fold(pattern);
      String other = problem.isPresent() ? null : own.putIfAbsent(folded, group);
      if (problem.isPresent()) {
        fields.note(listed.path(), Text.shown(pattern) + " " + problem.get());
      } else if (other != null && !other.equals(group)) {
        fields.note(
            listed.path(), Text.shown(pattern) + " is also in the group " + other + "; remove one");
      } else {
        patterns.add(folded);
      }
    }
    fields.keep(field, List.copyOf(patterns));
    return patterns;
  }

  private List<Budget> budgets(ChannelReader channels, List<String> own) {
    var groups =
        new LinkedHashSet<>(ModelGroups.builtIn().groups().stream().map(ModelGroup::name).toList());
    groups.addAll(own);
    Section section = root.section(BUDGETS);
    List<Budget> budgets = new BudgetReader(groups, channels).read(section);
    keep(BUDGETS, section);
    return budgets;
  }

  private List<Price> prices() {
    var meters = Stream.of(Meter.values()).map(Meter::field).toList();
    var allowed = new ArrayList<>(List.of("model", "tier", "from", "source", "as_of"));
    allowed.addAll(meters);
    var prices = new ArrayList<Price>();
    var canonical = new ArrayList<Object>();
    var seen = new HashSet<String>();
    for (Section fields : root.sections(PRICES, MOST_PRICES)) {
      fields.only(allowed);
      Optional<String> model = pattern(fields);
      Optional<String> tier = tier(fields);
      Optional<LocalDate> from = fields.day("from");
      if (!fields.has("from")) {
        fields.add("from", "is missing; give the first day of the price, such as \"2026-11-20\"");
      }
      var perUnit = new EnumMap<Meter, BigDecimal>(Meter.class);
      for (Meter meter : Meter.values()) {
        fields
            .money(meter.field(), DEAREST)
            .ifPresent(written -> perUnit.put(meter, meter.perUnit(written)));
      }
      if (fields.names().stream().noneMatch(meters::contains)) {
        fields.add(
            "input",
            "is missing; give at least one price in USD, per million tokens. Allowed: "
                + String.join(", ", meters));
      }
      String source = fields.text("source").orElse("settings");
      fields.text("source").ifPresent(text -> fields.keep("source", text));
      Optional<LocalDate> asOf = fields.day("as_of");
      if (model.isPresent() && from.isPresent()) {
        if (!seen.add(model.get() + " " + tier.orElse("") + " " + from.get())) {
          fields.add(
              "from", "%s has a second price from this day; remove one".formatted(model.get()));
        }
        prices.add(
            new Price(model.get(), tier, from.get(), perUnit, source, asOf.orElseGet(from::get)));
      }
      canonical.add(fields.canonical());
    }
    if (!canonical.isEmpty()) {
      root.keep(PRICES, canonical);
    }
    return prices;
  }

  /** The service tier of a price, or empty for the base price. */
  private static Optional<String> tier(Section fields) {
    Optional<String> given = fields.text("tier");
    Optional<String> problem = given.flatMap(ModelPatterns::problem);
    if (problem.isPresent() || given.stream().anyMatch(tier -> tier.contains("*"))) {
      fields.add("tier", "has to be the name of a service tier, such as \"priority\"");
      return Optional.empty();
    }
    Optional<String> tier = given.flatMap(Price::tierOf);
    tier.ifPresent(name -> fields.keep("tier", name));
    return tier;
  }

  private static Optional<String> pattern(Section fields) {
    Optional<String> model = fields.text("model").map(ModelPatterns::fold);
    if (!fields.has("model")) {
      fields.add("model", "is missing; give the model's name, or a pattern with a trailing *");
    }
    Optional<String> problem = model.flatMap(ModelPatterns::problem);
    if (model.isPresent() && problem.isPresent()) {
      fields.add("model", Text.shown(model.get()) + " " + problem.get());
      return Optional.empty();
    }
    model.ifPresent(name -> fields.keep("model", name));
    return model;
  }

  /** Those listed, and those that budgets go by. */
  private List<ZoneId> zones(List<Budget> budgets) {
    var zones = new LinkedHashSet<ZoneId>();
    zones.add(ZoneOffset.UTC);
    var canonical = new ArrayList<Object>();
    for (Listed listed : root.texts(ZONES, bounds.most(MOST_ZONES))) {
      Optional<ZoneId> zone = root.zoneAt(listed.path(), listed.text());
      if (zone.isPresent() && !zone.get().equals(ZoneOffset.UTC)) {
        zones.add(zone.get());
        canonical.add(zone.get().getId());
      }
    }
    if (!canonical.isEmpty()) {
      root.keep(ZONES, canonical);
    }
    budgets.forEach(budget -> zones.add(budget.zone()));
    int beyondUtc = zones.size() - 1;
    if (beyondUtc > bounds.most(MOST_ZONES)) {
      root.add(
          ZONES,
          "are %d with those of the budgets; at most %d are kept beside UTC"
              .formatted(beyondUtc, MOST_ZONES));
    }
    return List.copyOf(zones);
  }

  private Retention retention() {
    Section fields = root.section(RETENTION);
    fields.only(List.of(HOURS, "minutes", "revisions", "cycles"));
    Retention usual = Retention.DEFAULT;
    var retention =
        new Retention(
            days(fields, HOURS, 32, usual.hours()),
            days(fields, "minutes", 2, usual.minutes()),
            days(fields, "revisions", 1, usual.revisions()),
            days(fields, "cycles", 8, usual.cycles()));
    keep(RETENTION, fields);
    return retention;
  }

  private static int days(Section fields, String name, int least, int usual) {
    return fields.number(name, least, MOST_DAYS).map(Math::toIntExact).orElse(usual);
  }

  private boolean emails() {
    Section fields = root.section(NAMES);
    fields.only(List.of("emails"));
    boolean emails = fields.truth("emails").orElse(true);
    keep(NAMES, fields);
    return emails;
  }

  private Duration pollInterval() {
    Section fields = root.section(POLL);
    fields.only(List.of("minutes"));
    Duration interval = Duration.ofMinutes(fields.number("minutes", 1, MINUTES_A_DAY).orElse(5L));
    keep(POLL, fields);
    return interval;
  }

  private List<OrganizationSettings> organizations() {
    var organizations = new ArrayList<OrganizationSettings>();
    var canonical = new ArrayList<Object>();
    var ids = new HashSet<String>();
    var keys = new HashSet<String>();
    for (Section fields : root.sections(ORGANIZATIONS, MOST_ORGANIZATIONS)) {
      fields.only(List.of("id", "name", "base_url", "key_env", "key_secret"));
      Optional<String> id =
          matching(
              fields,
              "id",
              SLUG,
              "has to be 1 to 40 of a-z, 0-9 and -, beginning with a letter or digit");
      if (!fields.has("id")) {
        fields.add("id", "is missing; give a short name of a-z, 0-9 and -, for instance acme");
      }
      if (id.isPresent() && id.get().equals("simulated")) {
        fields.add("id", "is kept for the simulated organization; choose another");
      } else if (id.isPresent() && !ids.add(id.get())) {
        fields.add("id", Text.shown(id.get()) + " is there twice; each needs its own");
      }
      Optional<String> name = fields.text("name");
      name.ifPresent(text -> fields.keep("name", text));
      Optional<String> baseUrl =
          Addresses.read(fields, "base_url", OrganizationSettings.OPENAI, "the key is sent there");
      Optional<String> keyEnv =
          matching(
              fields,
              "key_env",
              VARIABLE,
              "has to be the name of an environment variable, such as OPENAI_ADMIN_KEY");
      Optional<String> keySecret =
          matching(
              fields,
              "key_secret",
              SECRET,
              "has to be the name of a secret, such as /tallyman/acme/admin-key");
      if (!fields.has("key_env") && !fields.has("key_secret")) {
        fields.add(
            "key_env",
            "is missing; give the name of the environment variable that holds the admin key, or"
                + " in key_secret the name of the secret that does");
      } else if (fields.has("key_env") && fields.has("key_secret")) {
        fields.add("key_secret", "cannot stand beside key_env; use one of them");
      }
      Optional<String> key = keyEnv.or(() -> keySecret);
      if (key.isPresent() && !keys.add(key.get())) {
        fields.add(
            keyEnv.isPresent() ? "key_env" : "key_secret",
            "is that of another organization too; each has its own admin key");
      }
      id.ifPresent(slug ->
          organizations.add(
              new OrganizationSettings(slug, name.orElse(slug), baseUrl, keyEnv, keySecret)));
      canonical.add(fields.canonical());
    }
    if (!canonical.isEmpty()) {
      root.keep(ORGANIZATIONS, canonical);
    }
    return organizations;
  }

  private static Optional<String> matching(
      Section fields, String name, Pattern pattern, String otherwise) {
    Optional<String> text = fields.text(name);
    if (text.isPresent() && !pattern.matcher(text.get()).matches()) {
      // A key in the wrong place is said to be one, and is not shown.
      if (!Text.looksLikeKey(text.get())) {
        fields.add(name, otherwise + ", not " + Text.shown(text.get()));
      }
      return Optional.empty();
    }
    text.ifPresent(value -> fields.keep(name, value));
    return text;
  }
}
