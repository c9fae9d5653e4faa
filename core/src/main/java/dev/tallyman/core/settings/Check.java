package dev.tallyman.core.settings;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.group.ModelGroup;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.settings.Section.Listed;
import dev.tallyman.core.store.Document;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Reads a settings document once, from top to bottom, and notes every mistake in it. */
final class Check {
  static final String GROUPS = "groups";
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

  private static final int MOST_ZONES = 24;
  private static final int MOST_DAYS = 36_500;
  private static final int MINUTES_A_DAY = 1440;
  private static final int MOST_BYTES = 1_000_000;
  private static final int MOST_NESTED = 20;

  private final List<Mistake> mistakes = new ArrayList<>();
  private final Bounds bounds;
  private final Section root;

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
    Section groupFields = root.section(GROUPS);
    ModelGroups groups = GroupReader.groups(pools, groupFields, bounds);
    Set<String> projects = GroupReader.projects(pools);
    keep(GROUPS, groupFields);
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
            PriceReader.prices(root),
            zones(budgets),
            retention(),
            emails(),
            pollInterval(),
            OrganizationReader.organizations(root),
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

  private List<Budget> budgets(ChannelReader channels, List<String> own) {
    var groups =
        new LinkedHashSet<>(ModelGroups.builtIn().groups().stream().map(ModelGroup::name).toList());
    groups.addAll(own);
    Section section = root.section(BUDGETS);
    List<Budget> budgets = new BudgetReader(groups, channels).read(section);
    keep(BUDGETS, section);
    return budgets;
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
    budgets.forEach(budget -> zones.add(budget.limit().zone()));
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
}
