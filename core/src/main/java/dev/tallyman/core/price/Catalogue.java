package dev.tallyman.core.price;

import dev.tallyman.core.Digest;
import dev.tallyman.core.ModelPatterns;
import dev.tallyman.core.Once;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The prices known without any bill, with their history. Immutable. */
public final class Catalogue {
  private static final String RESOURCE = "prices.txt";
  private static final String BASE = "";
  private static final String TUNED = "ft:";
  private static final Comparator<Price> ORDER =
      Comparator.comparing(Price::model)
          .thenComparing(price -> price.tier().orElse(""))
          .thenComparing(Price::from);

  private final List<Price> builtIn;
  private final SortedMap<String, String> aliases;
  private final SortedMap<String, Share> shares;
  private final List<Price> overrides;

  /** The base prices by name and alias. */
  private final ModelPatterns<NavigableMap<LocalDate, Price>> base;

  /** The prices of tiers, by tier and by the name under which the base price is kept. */
  private final Map<String, Map<String, NavigableMap<LocalDate, Price>>> tiers;

  /** The user's own, by tier; the base prices under an empty name. */
  private final Map<String, ModelPatterns<NavigableMap<LocalDate, Price>>> above;

  /** Only what writes estimates asks for it. */
  private final Once<String> version;

  private Catalogue(
      List<Price> builtIn,
      SortedMap<String, String> aliases,
      SortedMap<String, Share> shares,
      List<Price> overrides) {
    this.builtIn = builtIn;
    this.aliases = aliases;
    this.shares = shares;
    this.overrides = overrides;
    var byTier = new HashMap<String, Map<String, NavigableMap<LocalDate, Price>>>();
    byTier(builtIn).forEach((tier, prices) -> byTier.put(tier, history(prices)));
    Map<String, NavigableMap<LocalDate, Price>> byName =
        Optional.ofNullable(byTier.remove(BASE)).orElseGet(Map::of);
    var named = new HashMap<>(byName);
    aliases.forEach((alias, model) -> {
      NavigableMap<LocalDate, Price> history = byName.get(model);
      if (history == null) {
        throw new IllegalArgumentException("the alias " + alias + " is for unknown " + model);
      }
      named.putIfAbsent(alias, history);
    });
    this.base = ModelPatterns.of(named);
    this.tiers = byTier;
    this.above = new HashMap<>();
    byTier(overrides).forEach((tier, prices) -> above.put(tier, ModelPatterns.of(history(prices))));
    this.version = new Once<>(this::digest);
  }

  /**
   * A tier that is billed at a share of the base price of every model that has no price of its own
   * in that tier.
   *
   * @param tier its name
   * @param factor what the base price is multiplied by
   * @param source where it was taken from
   * @param asOf when the source said so
   */
  record Share(String tier, BigDecimal factor, String source, LocalDate asOf) {}

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
    if (newOverrides.equals(overrides)) {
      return this;
    }
    return new Catalogue(builtIn, aliases, shares, List.copyOf(newOverrides));
  }

  /**
   * The base price of a model in force on a UTC day; the longest matching name, dated name or alias
   * decides. Empty if none is known.
   */
  public Optional<Price> find(String model, LocalDate day) {
    return find(model, Optional.empty(), day);
  }

  /**
   * The price of a model in a tier in force on a UTC day: what {@link #listed} says, with what
   * {@link #own} says in its place.
   */
  public Optional<Price> find(String model, Optional<String> tier, LocalDate day) {
    return merged(listed(model, tier, day), own(model, tier, day));
  }

  /**
   * The provider's own price of a model in a tier: the one that is published for both, else, for a
   * tier that is billed at a share, that share of the base price. Empty if it is not known; the
   * base price is never taken for that of a tier.
   *
   * @param model as usage names it
   * @param tier as usage names it; empty for the base price
   */
  public Optional<Price> listed(String model, Optional<String> tier, LocalDate day) {
    Optional<Price> known = base.find(model).flatMap(history -> inForce(history, day));
    Optional<String> named = tier.flatMap(Processing::tier);
    if (named.isEmpty()) {
      return known;
    }
    return known
        .flatMap(price -> ofTier(named.get(), price.model(), day))
        .or(() -> share(named.get()).flatMap(share -> known.map(price -> price.times(share))));
  }

  /**
   * The user's own price of a model in a tier: the one that is set for both; where a meter has
   * none, and the tier is billed at a share, that share of the user's base price.
   */
  public Optional<Price> own(String model, Optional<String> tier, LocalDate day) {
    Optional<String> named = tier.flatMap(Processing::tier);
    Optional<Price> set = set(named.orElse(BASE), model, day);
    Optional<Price> shared =
        named
            .flatMap(this::share)
            .flatMap(share -> set(BASE, model, day).map(price -> price.times(share)));
    return merged(shared, set);
  }

  /** Why no price of a model in a tier is known on a day, as a clause. */
  public String whyUnpriced(String model, Optional<String> tier, LocalDate day) {
    Optional<Price> later = find(model, tier, LocalDate.MAX);
    if (later.isPresent()) {
      return "its price is known from " + later.get().from() + " on only";
    }
    if (find(model, day).isPresent()) {
      return "its base price is known, but none for this tier";
    }
    String plain = ModelPatterns.plain(model);
    if (plain.startsWith(TUNED) && find(plain.substring(TUNED.length()), day).isPresent()) {
      return "the price of "
          + plain.substring(TUNED.length())
          + " is known, but not that of models fine-tuned from it, which is higher";
    }
    return "no price is known for this model";
  }

  /** Whether the provider publishes a price of its own for this model in this tier. */
  boolean listsTier(String model, String tier, LocalDate day) {
    return base.find(model)
        .flatMap(history -> inForce(history, day))
        .flatMap(price -> ofTier(tier, price.model(), day))
        .isPresent();
  }

  /** The share of the base price at which a tier is billed, if it is. */
  Optional<Share> share(String tier) {
    return Optional.ofNullable(shares.get(tier));
  }

  private Optional<Price> ofTier(String tier, String model, LocalDate day) {
    return Optional.ofNullable(tiers.get(tier))
        .map(byModel -> byModel.get(ModelPatterns.fold(model)))
        .flatMap(history -> inForce(history, day));
  }

  private Optional<Price> set(String tier, String model, LocalDate day) {
    ModelPatterns<NavigableMap<LocalDate, Price>> patterns = above.get(tier);
    if (patterns == null) {
      return Optional.empty();
    }
    return patterns
        .find(model)
        .or(() ->
            base.find(model)
                .flatMap(history -> patterns.find(history.firstEntry().getValue().model())))
        .flatMap(history -> inForce(history, day));
  }

  private static Optional<Price> merged(Optional<Price> below, Optional<Price> above) {
    return above.isEmpty()
        ? below
        : below.map(price -> price.overriddenBy(above.get())).or(() -> above);
  }

  /** A text that changes with every change of a price, an alias or an override. */
  public String version() {
    return version.get();
  }

  /** A text that changes with every change of the user's own prices; empty without any. */
  public String ownVersion() {
    return overrides.isEmpty() ? "" : Digest.of(overrides.toString());
  }

  /** All prices, those of tiers and overrides among them, by model, tier and day. */
  public List<Price> prices() {
    var all = new ArrayList<>(builtIn);
    all.addAll(overrides);
    all.sort(ORDER);
    return Collections.unmodifiableList(all);
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
    var shares = new TreeMap<String, Share>();
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
          case "price" -> prices.add(price(fields[1], Optional.empty(), fields, 2, sources));
          case "tier" -> {
            String[] rest = line.split(",", 7);
            Optional<String> tier = Processing.tier(fields[2]);
            if (tier.isEmpty() || prices.stream().noneMatch(is(fields[1]))) {
              throw new IllegalArgumentException("no tier, or of a model without a base price");
            }
            prices.add(price(fields[1], tier, rest, 3, sources));
          }
          case "share" -> {
            BigDecimal factor = Decimals.parse(fields[2]);
            LocalDate asOf = LocalDate.parse(fields[3]);
            shares.put(fields[1], new Share(fields[1], factor, source(fields[4], sources), asOf));
          }
          default -> throw new IllegalArgumentException("unknown kind of line");
        }
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("line " + number + " of the prices: " + line, e);
      }
    }
    prices.sort(ORDER);
    return new Catalogue(
        List.copyOf(prices),
        Collections.unmodifiableSortedMap(aliases),
        Collections.unmodifiableSortedMap(shares),
        List.of());
  }

  private static Predicate<Price> is(String model) {
    return price -> price.tier().isEmpty() && price.model().equals(model);
  }

  private static String source(String key, Map<String, String> sources) {
    String source = sources.get(key);
    if (source == null) {
      throw new IllegalArgumentException("unknown source " + key);
    }
    return source;
  }

  /** The price in these fields, of which those from {@code at} on are day, date, source, meters. */
  private static Price price(
      String model, Optional<String> tier, String[] fields, int at, Map<String, String> sources) {
    var perUnit = new EnumMap<Meter, BigDecimal>(Meter.class);
    for (String pair : fields[at + 3].strip().split(" +", -1)) {
      int equals = pair.indexOf('=');
      Meter meter = Meter.ofField(pair.substring(0, equals)).orElseThrow();
      perUnit.put(meter, meter.perUnit(Decimals.parse(pair.substring(equals + 1))));
    }
    return new Price(
        model,
        tier,
        LocalDate.parse(fields[at].strip()),
        perUnit,
        source(fields[at + 2].strip(), sources),
        LocalDate.parse(fields[at + 1].strip()));
  }

  private static Map<String, List<Price>> byTier(List<Price> prices) {
    return prices.stream().collect(Collectors.groupingBy(price -> price.tier().orElse(BASE)));
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

  private String digest() {
    LocalDate latest =
        builtIn.stream().map(Price::asOf).max(Comparator.naturalOrder()).orElse(LocalDate.EPOCH);
    return latest + "-" + Digest.of(builtIn + "\n" + aliases + "\n" + shares + "\n" + overrides);
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
