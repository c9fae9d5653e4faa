package dev.tallyman.core.settings;

import dev.tallyman.core.Once;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Price;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a user configures, read from one document. Immutable; equal documents make equal
 * settings. What the document leaves out has its default, and stays out of {@link #toDocument}, so
 * that a later version's better defaults are not frozen.
 */
public final class Settings {
  private final SortedMap<String, Object> document;
  private final List<Price> prices;
  private final UsageSettings usage;
  private final List<OrganizationSettings> organizations;
  private final List<Budget> budgets;
  private final SortedMap<String, Channel> channels;
  private final AlertSettings alerts;

  Settings(Checked checked) {
    this.document = Collections.unmodifiableSortedMap(checked.document());
    this.prices = List.copyOf(checked.prices());
    this.usage =
        new UsageSettings(
            checked.groups(),
            checked.poolProjects(),
            new Once<>(() -> Catalogue.builtIn().with(prices)),
            checked.zones(),
            checked.retention(),
            checked.emails(),
            checked.pollInterval());
    this.organizations = List.copyOf(checked.organizations());
    this.budgets =
        Stream.concat(
                BudgetReader.pools(
                    usage.groups().groups(), usage.poolProjects(), checked.alerts().poolPercent())
                    .stream(),
                checked.budgets().stream())
            .toList();
    this.channels = Collections.unmodifiableSortedMap(checked.channels());
    this.alerts = checked.alerts();
  }

  /**
   * The settings of a document, or all its mistakes.
   *
   * @param document of texts, numbers, booleans, lists and maps, as read from JSON or YAML
   */
  public static SettingsResult of(Map<String, ? extends @Nullable Object> document) {
    return new Check(document, Bounds.WRITTEN).result();
  }

  /** The settings of an empty document. */
  public static Settings defaults() {
    return valid(new Check(Map.of(), Bounds.WRITTEN));
  }

  /** The document that makes these settings: sorted, in canonical form, without defaults. */
  public Map<String, Object> toDocument() {
    return document;
  }

  /** How usage is read, grouped, priced, put into days and kept. */
  public UsageSettings usage() {
    return usage;
  }

  /** The user's own prices. */
  public List<Price> prices() {
    return prices;
  }

  /** The organizations to read; empty if the document names none. */
  public List<OrganizationSettings> organizations() {
    return organizations;
  }

  /**
   * The budgets: those of the pools, which follow the groups' daily limits, and the user's own by
   * their ids.
   */
  public List<Budget> budgets() {
    return budgets;
  }

  /** Where people can be told, by name. */
  public SortedMap<String, Channel> channels() {
    return channels;
  }

  /** Who is told of what. */
  public AlertSettings alerts() {
    return alerts;
  }

  /** These settings with what a right document says above them. */
  Settings below(Map<String, Object> above) {
    return valid(new Check(Overrides.merged(document, above), Bounds.MERGED));
  }

  private static Settings valid(Check check) {
    return switch (check.result()) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(List<Mistake> mistakes) ->
          throw new IllegalArgumentException(Mistake.told(mistakes));
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Settings that && document.equals(that.document);
  }

  @Override
  public int hashCode() {
    return document.hashCode();
  }

  @Override
  public String toString() {
    return "settings " + document;
  }
}
