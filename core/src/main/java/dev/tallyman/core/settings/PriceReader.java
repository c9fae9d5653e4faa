package dev.tallyman.core.settings;

import dev.tallyman.core.ModelPatterns;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.price.Price;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the user's own prices of a settings document. */
final class PriceReader {
  private static final String PRICES = "prices";
  private static final int MOST_PRICES = 1000;
  private static final BigDecimal DEAREST = BigDecimal.valueOf(1_000_000);

  private PriceReader() {}

  /** The prices of a document, which are kept. */
  static List<Price> prices(Section root) {
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
}
