package dev.tallyman.core.price;

import dev.tallyman.core.Digest;
import dev.tallyman.core.ModelPatterns;
import dev.tallyman.core.usage.Decimals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The prices known without any bill, with their history. Immutable. */
public final class Catalogue {
  private static final String RESOURCE = "prices.txt";
  private static final Comparator<Price> ORDER =
      Comparator.comparing(Price::model).thenComparing(Price::from);

  private final List<Price> builtIn;
  private final SortedMap<String, String> aliases;
  private final List<Price> overrides;
  private final ModelPatterns<NavigableMap<LocalDate, Price>> base;
  private final ModelPatterns<NavigableMap<LocalDate, Price>> above;
  private final String version;

  private Catalogue(List<Price> builtIn, SortedMap<String, String> aliases, List<Price> overrides) {
    this.builtIn = builtIn;
    this.aliases = aliases;
    this.overrides = overrides;
    Map<String, NavigableMap<LocalDate, Price>> byName = history(builtIn);
    var named = new HashMap<>(byName);
    aliases.forEach((alias, model) -> {
      NavigableMap<LocalDate, Price> history = byName.get(model);
      if (history == null) {
        throw new IllegalArgumentException("the alias " + alias + " is for unknown " + model);
      }
      named.putIfAbsent(alias, history);
    });
    this.base = ModelPatterns.of(named);
    this.above = ModelPatterns.of(history(overrides));
    this.version = versionOf(builtIn, aliases, overrides);
  }

  /** The catalogue that comes with this program. */
  public static Catalogue builtIn() {
    return BuiltIn.CATALOGUE;
  }

  /**
   * This catalogue with a user's own prices in the place of those that it had. An override holds
   * from its day on for the meters that it names; its model may be a pattern, and is also matched
   * against the model that an alias stands for.
   */
  public Catalogue with(List<Price> newOverrides) {
    return new Catalogue(builtIn, aliases, List.copyOf(newOverrides));
  }

  /**
   * The price of a model in force on a UTC day; the longest matching name, dated name or alias
   * decides. Empty if none is known.
   */
  public Optional<Price> find(String model, LocalDate day) {
    Optional<Price> known = base.find(model).flatMap(history -> inForce(history, day));
    Optional<Price> own =
        above
            .find(model)
            .or(() -> known.flatMap(price -> above.find(price.model())))
            .flatMap(history -> inForce(history, day));
    if (own.isEmpty()) {
      return known;
    }
    return known.map(price -> price.overriddenBy(own.orElseThrow())).or(() -> own);
  }

  /** A text that changes with every change of a price, an alias or an override. */
  public String version() {
    return version;
  }

  /** All prices, overrides among them, by model and day. */
  public List<Price> prices() {
    var all = new ArrayList<>(builtIn);
    all.addAll(overrides);
    all.sort(ORDER);
    return Collections.unmodifiableList(all);
  }

  /** The other names or patterns of models, with the model that each stands for. */
  public SortedMap<String, String> aliases() {
    return aliases;
  }

  /**
   * The catalogue that this text describes; its form is described at the head of the resource.
   *
   * @throws IllegalArgumentException with the line, if the text is not of that form
   */
  static Catalogue parse(String text) {
    var sources = new HashMap<String, String>();
    var prices = new ArrayList<Price>();
    var aliases = new TreeMap<String, String>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split(",", 6);
      for (int i = 0; i < fields.length; i++) {
        fields[i] = fields[i].strip();
      }
      try {
        switch (fields[0]) {
          case "source" -> sources.put(fields[1], line.substring(line.indexOf(',', 8) + 1).strip());
          case "alias" -> aliases.put(ModelPatterns.fold(fields[1]), fields[2]);
          case "price" -> prices.add(price(fields, sources));
          default -> throw new IllegalArgumentException("unknown kind of line");
        }
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("line " + number + " of the prices: " + line, e);
      }
    }
    prices.sort(ORDER);
    return new Catalogue(
        List.copyOf(prices), Collections.unmodifiableSortedMap(aliases), List.of());
  }

  private static Price price(String[] fields, Map<String, String> sources) {
    String source = sources.get(fields[4]);
    if (source == null) {
      throw new IllegalArgumentException("unknown source " + fields[4]);
    }
    var perUnit = new EnumMap<Meter, BigDecimal>(Meter.class);
    for (String pair : fields[5].split(" +", -1)) {
      int equals = pair.indexOf('=');
      Meter meter = Meter.ofField(pair.substring(0, equals)).orElseThrow();
      perUnit.put(meter, meter.perUnit(Decimals.parse(pair.substring(equals + 1))));
    }
    return new Price(
        fields[1], LocalDate.parse(fields[2]), perUnit, source, LocalDate.parse(fields[3]));
  }

  private static Map<String, NavigableMap<LocalDate, Price>> history(List<Price> prices) {
    var histories = new LinkedHashMap<String, NavigableMap<LocalDate, Price>>();
    for (Price price : prices) {
      histories
          .computeIfAbsent(ModelPatterns.fold(price.model()), _ -> new TreeMap<>())
          .put(price.from(), price);
    }
    return histories;
  }

  private static Optional<Price> inForce(NavigableMap<LocalDate, Price> history, LocalDate day) {
    return Optional.ofNullable(history.floorEntry(day)).map(Map.Entry::getValue);
  }

  private static String versionOf(
      List<Price> builtIn, Map<String, String> aliases, List<Price> overrides) {
    LocalDate latest =
        builtIn.stream().map(Price::asOf).max(Comparator.naturalOrder()).orElse(LocalDate.EPOCH);
    return latest + "-" + Digest.of(builtIn + "\n" + aliases + "\n" + overrides);
  }

  private static final class BuiltIn {
    static final Catalogue CATALOGUE = parse(resource());

    private static String resource() {
      try (InputStream in = Catalogue.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException("the resource " + RESOURCE + " is missing");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
