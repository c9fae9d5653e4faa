package dev.tallyman.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.group.ModelGroup;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.price.Price;
import dev.tallyman.core.store.Document;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
  private static final List<Meter> METERS = List.of(Meter.values());
  private static final LocalDate DAY = LocalDate.parse("2026-11-20");

  @Test
  void anEmptyDocumentHasTheDefaults() {
    Settings settings = Settings.defaults();

    assertThat(settings.usage().zones()).containsExactly(ZoneOffset.UTC);
    assertThat(settings.usage().retention()).isEqualTo(Retention.DEFAULT);
    assertThat(settings.usage().emails()).isTrue();
    assertThat(settings.usage().pollInterval()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.organizations()).isEmpty();
    assertThat(settings.usage().poolProjects()).isEmpty();
    assertThat(settings.prices()).isEmpty();
    assertThat(settings.usage().groups().groups())
        .extracting(ModelGroup::dailyLimit)
        .containsExactly(1_000_000L, 10_000_000L);
    assertThat(settings.toDocument()).isEmpty();
  }

  @Test
  void everyPartOfADocumentIsRead() {
    Settings settings =
        valid(
            map(
                "groups", map("premium", map("more_models", List.of("GPT-7"), "daily_limit", 5)),
                "pools", map("limits", "low_usage_tiers", "projects", List.of("proj_a")),
                "prices", List.of(map("model", "gpt-7", "from", "2026-11-01", "input", "2.50")),
                "zones", List.of("Europe/Rome", "UTC"),
                "retention", map("hours", 500),
                "names", map("emails", false),
                "poll", map("minutes", 10),
                "organizations",
                    List.of(
                        map("id", "acme", "key_env", "ACME_KEY"),
                        map(
                            "id", "globex",
                            "name", "Globex Inc",
                            "base_url", "http://127.0.0.1:8091/v1/",
                            "key_secret", "/tallyman/globex/key"))));

    assertThat(settings.usage().groups().group("premium").orElseThrow().dailyLimit()).isEqualTo(5);
    assertThat(settings.usage().groups().group("mini").orElseThrow().dailyLimit())
        .isEqualTo(2_500_000);
    assertThat(settings.usage().groups().known("gpt-7")).isTrue();
    assertThat(settings.usage().groups().known("gpt-5")).isTrue();
    assertThat(settings.usage().poolProjects()).containsExactly("proj_a");
    assertThat(
            settings.usage().catalogue().find("gpt-7", DAY).flatMap(price -> price.of(Meter.INPUT)))
        .hasValue(new BigDecimal("0.0000025"));
    assertThat(settings.usage().zones()).containsExactly(ZoneOffset.UTC, ZoneId.of("Europe/Rome"));
    assertThat(settings.usage().retention()).isEqualTo(new Retention(500, 40, 90, 400));
    assertThat(settings.usage().emails()).isFalse();
    assertThat(settings.usage().pollInterval()).isEqualTo(Duration.ofMinutes(10));
    assertThat(settings.organizations())
        .containsExactly(
            new OrganizationSettings(
                "acme", "acme", Optional.empty(), Optional.of("ACME_KEY"), Optional.empty()),
            new OrganizationSettings(
                "globex",
                "Globex Inc",
                Optional.of("http://127.0.0.1:8091/v1"),
                Optional.empty(),
                Optional.of("/tallyman/globex/key")));
  }

  @Nested
  final class Groups {
    @Test
    void aListOfModelsReplacesTheBuiltInOne() {
      Settings settings = valid(map("groups", map("mini", map("models", List.of("gpt-5-nano")))));

      assertThat(settings.usage().groups().known("gpt-5-nano")).isTrue();
      assertThat(settings.usage().groups().known("gpt-5-mini")).isFalse();
      assertThat(settings.usage().groups().group("mini").orElseThrow().dailyLimit())
          .isEqualTo(10_000_000);
    }

    @Test
    void aModelThatIsPutIntoAnotherGroupLeavesItsBuiltInOne() {
      Settings settings =
          valid(
              map(
                  "groups",
                  map(
                      "premium", map("daily_limit", 7),
                      "mini", map("more_models", List.of("gpt-5")),
                      "open", map("models", List.of("gpt-4o-mini", "oss*"), "daily_limit", 0))));

      assertThat(settings.usage().groups().groupOf("gpt-5-2025-08-07")).hasValue("mini");
      assertThat(settings.usage().groups().groupOf("gpt-4o-mini")).hasValue("open");
      assertThat(settings.usage().groups().groupOf("gpt-4o")).hasValue("premium");
    }
  }

  @Nested
  final class Mistakes {
    @Test
    void allOfThemAreReportedAtOnceWithPathAndRemedy() {
      List<Mistake> mistakes =
          mistakes(
              map(
                  "surprise", map("daily", 5),
                  "group", map(),
                  "groups",
                      map(
                          "premium",
                          map("models", List.of("gpt-5", "gpt-*-x", 3, "gpt-5"), "daily_limits", 1),
                          "mini",
                          map("models", List.of("GPT-5"), "daily_limit", -1),
                          "Big",
                          map(),
                          "new",
                          map()),
                  "pools", map("limits", "low", "projects", "proj_a"),
                  "prices",
                      List.of(
                          map("model", "gpt 7", "from", "tomorrow", "input", -1),
                          map("from", "2026-11-20", "output", "x"),
                          map("model", "a", "from", "2026-11-20"),
                          "gpt-7"),
                  "zones", List.of("Europe/Roma", "+02:00"),
                  "retention", map("hours", 3, "cycles", "many"),
                  "names", map("emails", "no"),
                  "poll", map("minutes", 0.5),
                  "organizations",
                      List.of(
                          map("id", "Acme", "key_env", "MY KEY"),
                          map("id", "a", "key_env", "K", "base_url", "http://example.com"),
                          map("id", "a", "key_env", "K", "base_url", "https://u@example.com"),
                          map("id", "simulated", "key_env", "L", "key_secret", "L"),
                          map("name", "x"))));

      assertThat(mistakes)
          .extracting(mistake -> mistake.path() + ": " + mistake.message())
          .allSatisfy(line -> assertThat(line).hasSizeLessThan(400))
          .satisfiesExactlyInAnyOrder(
              line ->
                  assertThat(line).startsWith("surprise: is not a field here; allowed: groups,"),
              line -> assertThat(line).contains("group: is not", "(did you mean \"groups\"?)"),
              line -> assertThat(line).startsWith("groups.premium.models[1]: \"gpt-*-x\" has a *"),
              line -> assertThat(line).startsWith("groups.premium.models[2]: has to be a text"),
              line ->
                  assertThat(line).startsWith("groups.premium.models[3]: \"gpt-5\" is there tw"),
              line -> assertThat(line).contains("daily_limits", "did you mean \"daily_limit\"?"),
              line -> assertThat(line).contains("groups.mini.models[0]", "in the group premium"),
              line -> assertThat(line).startsWith("groups.mini.daily_limit: has to be a whole"),
              line -> assertThat(line).startsWith("groups.Big: cannot be the name"),
              line -> assertThat(line).startsWith("groups.new.models: is missing"),
              line -> assertThat(line).startsWith("groups.new.daily_limit: is missing"),
              line -> assertThat(line).contains("pools.limits: knows no \"low\"", "standard"),
              line -> assertThat(line).startsWith("pools.projects: has to be a list, not"),
              line -> assertThat(line).startsWith("prices[0].model: \"gpt 7\" holds white space"),
              line -> assertThat(line).startsWith("prices[0].from: has to be a day such as"),
              line -> assertThat(line).startsWith("prices[0].input: has to be an amount from 0"),
              line -> assertThat(line).startsWith("prices[1].model: is missing"),
              line -> assertThat(line).startsWith("prices[1].output: has to be an amount"),
              line -> assertThat(line).startsWith("prices[2].input: is missing; give at least one"),
              line -> assertThat(line).startsWith("prices[3]: has to be a section of fields"),
              line -> assertThat(line).contains("zones[0]", "did you mean \"Europe/Rome\"?"),
              line -> assertThat(line).startsWith("zones[1]: knows no \"+02:00\""),
              line -> assertThat(line).contains("retention.hours", "from 32 to 36500, not \"3\""),
              line -> assertThat(line).startsWith("retention.cycles: has to be a whole number"),
              line -> assertThat(line).startsWith("names.emails: has to be true or false"),
              line -> assertThat(line).startsWith("poll.minutes: has to be a whole number from 1"),
              line -> assertThat(line).startsWith("organizations[0].id: has to be 1 to 40 of"),
              line -> assertThat(line).startsWith("organizations[0].key_env: has to be the name"),
              line -> assertThat(line).contains("organizations[1].base_url", "https://"),
              line -> assertThat(line).contains("organizations[2].base_url", "without user"),
              line -> assertThat(line).startsWith("organizations[2].id: \"a\" is there twice"),
              line -> assertThat(line).contains("organizations[2].key_env", "another organization"),
              line -> assertThat(line).startsWith("organizations[3].id: is kept for the simulated"),
              line -> assertThat(line).startsWith("organizations[3].key_secret: cannot stand besi"),
              line -> assertThat(line).startsWith("organizations[4].id: is missing"),
              line -> assertThat(line).startsWith("organizations[4].key_env: is missing"));
    }

    @Test
    void aKeyIsRefusedWhereverItStandsAndNeverRepeated() {
      List<Mistake> mistakes =
          mistakes(
              map(
                  "organizations",
                      List.of(
                          map("id", "a", "key_env", "sk-admin-SECRET123", "key", "sk-SECRET456")),
                  "zones", List.of("sk-proj-SECRET789"),
                  "names", List.of("sk-svcacct-SECRET000"),
                  "sk-admin-SECRET111", "sk-admin-SECRET222"));

      assertThat(mistakes)
          .extracting(Mistake::message)
          .anySatisfy(message -> assertThat(message).contains("never kept", "key_env", "revoke"));
      assertThat(mistakes)
          .extracting(Mistake::path)
          .contains("organizations[0].key_env", "organizations[0].key", "zones[0]", "names[0]");
      assertThat(mistakes.toString()).doesNotContain("SECRET");
    }

    @Test
    void aSecondPriceOfTheSameDayIsOne() {
      Map<String, Object> price = map("model", "a", "from", "2026-11-20", "input", 1);

      assertThat(mistakes(map("prices", List.of(price, price))))
          .extracting(Mistake::path)
          .containsExactly("prices[1].from");
    }

    @Test
    void aPriceMayBeOfATierAndBesideTheBasePrice() {
      Map<String, Object> base = map("model", "a", "from", "2026-11-01", "input", 1);
      Map<String, Object> fast =
          map("model", "a", "from", "2026-11-01", "input", 2, "tier", "Fast");
      Settings settings = valid(map("prices", List.of(base, fast)));

      assertThat(settings.prices())
          .extracting(Price::tier)
          .containsExactly(Optional.empty(), Optional.of("priority"));
      assertThat(valid(settings.toDocument())).isEqualTo(settings);
      assertThat(mistakes(map("prices", List.of(base, fast, fast))))
          .extracting(Mistake::path)
          .containsExactly("prices[2].from");
      assertThat(
              mistakes(
                  map(
                      "prices",
                      List.of(
                          map("model", "a", "from", "2026-11-01", "input", 1, "tier", "a b*")))))
          .extracting(Mistake::path)
          .containsExactly("prices[0].tier");
    }

    @Test
    void whatIsNoSectionOrNoFieldNameIsSaid() {
      var numbered = new LinkedHashMap<Object, Object>();
      numbered.put(1, "x");

      assertThat(mistakes(map("groups", numbered, "retention", List.of(), "zones", "UTC")))
          .extracting(Mistake::path)
          .containsExactlyInAnyOrder("groups", "retention", "zones");
    }

    @Test
    void aDocumentThatIsTooLargeIsRefused() {
      var projects = new ArrayList<String>();
      for (int i = 0; i < 9000; i++) {
        projects.add("proj_" + "x".repeat(120) + i);
      }
      Object deep = "x";
      for (int i = 0; i < 50; i++) {
        deep = Arrays.asList(deep);
      }

      assertThat(mistakes(map("pools", map("projects", projects))))
          .containsExactly(
              new Mistake("", "takes more than 1000000 bytes; shorten its longest lists"));
      assertThat(mistakes(map("zones", deep)))
          .anySatisfy(mistake -> assertThat(mistake.message()).contains("nested too deeply"));
    }

    @Test
    void anEmptySectionIsNone() {
      var document = new LinkedHashMap<String, @Nullable Object>();
      document.put("zones", null);
      document.put("groups", null);

      assertThat(Settings.of(document)).isEqualTo(new SettingsResult.Valid(Settings.defaults()));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theDocumentOfSettingsMakesTheSameSettings(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 100; i++) {
      Settings settings = valid(document(random));
      Map<String, Object> canonical = settings.toDocument();

      Settings again = valid(canonical);
      assertThat(again).as("seed %s", seed).isEqualTo(settings);
      assertThat(again.toDocument()).as("seed %s", seed).isEqualTo(canonical);
      assertThat(Document.decode(Document.encode(canonical)))
          .as("seed %s", seed)
          .isEqualTo(canonical);
      assertThat(again.usage().groups().groups())
          .as("seed %s", seed)
          .isEqualTo(settings.usage().groups().groups());
      assertThat(again.usage().catalogue().version())
          .as("seed %s", seed)
          .isEqualTo(settings.usage().catalogue().version());
      assertThat(again.organizations()).as("seed %s", seed).isEqualTo(settings.organizations());
      assertThat(again.usage().zones()).as("seed %s", seed).isEqualTo(settings.usage().zones());
      assertThat(again.budgets()).as("seed %s", seed).isEqualTo(settings.budgets());
      assertThat(again.channels()).as("seed %s", seed).isEqualTo(settings.channels());
      assertThat(again.alerts()).as("seed %s", seed).isEqualTo(settings.alerts());
      assertThat(again.usage().retention())
          .as("seed %s", seed)
          .isEqualTo(settings.usage().retention());
    }
  }

  private static Map<String, Object> document(RandomGenerator random) {
    var document = new TreeMap<String, Object>();
    if (random.nextBoolean()) {
      document.put(
          "groups",
          map(
              "premium",
              map("daily_limit", random.nextInt(1000)),
              "mini",
              map("more_models", List.of("Model-" + random.nextInt(9) + "*", "gpt-5")),
              "g" + random.nextInt(9),
              map("models", List.of("x" + random.nextInt()), "daily_limit", "12")));
    }
    if (random.nextBoolean()) {
      var prices = new ArrayList<Object>();
      for (int n = random.nextInt(4); n > 0; n--) {
        prices.add(
            map(
                "model",
                " GPT-" + n,
                "from",
                DAY.minusDays(n).toString(),
                METERS.get(random.nextInt(METERS.size())).field(),
                BigDecimal.valueOf(random.nextInt(1_000_000), random.nextInt(13)),
                "source",
                "contract " + n));
      }
      document.put("prices", prices);
    }
    if (random.nextBoolean()) {
      document.put("zones", List.of("Asia/Kolkata", "Etc/UTC", "America/New_York"));
      document.put("retention", map("minutes", random.nextInt(2, 100), "revisions", 30L));
      document.put("pools", map("limits", "standard", "projects", List.of("p1", "p2")));
    }
    if (random.nextBoolean()) {
      document.put("channels", map("ops", map("kind", "slack", "secret", "SLACK_OPS")));
      document.put("alerts", map("channels", List.of("ops"), "anomaly_usd", random.nextInt(99)));
      document.put(
          "budgets",
          map(
              "b" + random.nextInt(9),
              map(
                  "metric",
                  "estimated",
                  "limit",
                  BigDecimal.valueOf(random.nextInt(1, 1_000_000), random.nextInt(7)),
                  "window",
                  "week",
                  "zone",
                  random.nextBoolean() ? "Asia/Kolkata" : "Etc/UTC",
                  "scope",
                  map("model", List.of("b", "a"), "project", List.of("p")),
                  "thresholds",
                  List.of("100 %", random.nextInt(1, 99) + ".50%"))));
    }
    if (random.nextBoolean()) {
      document.put("names", map("emails", random.nextBoolean()));
      document.put("poll", map("minutes", random.nextInt(1, 100)));
      document.put(
          "organizations",
          List.of(
              map("id", "a" + random.nextInt(100), "key_env", "A_KEY"),
              map("id", "b", "name", "B é", "key_secret", "b/key", "base_url", "https://b.test/")));
    }
    return document;
  }

  private static Settings valid(Map<String, ?> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(List<Mistake> mistakes) ->
          throw new AssertionError(mistakes.toString());
    };
  }

  private static List<Mistake> mistakes(Map<String, ?> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid valid -> throw new AssertionError(valid.toString());
      case SettingsResult.Invalid(List<Mistake> mistakes) -> mistakes;
    };
  }

  private static Map<String, Object> map(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
