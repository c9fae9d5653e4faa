package dev.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.e2e.Provider.Door;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each page in each state that the world can put it in, wide and narrow, light and dark: it says
 * what its state is, nothing sticks out, nobody is kept from using it. In every build each page and
 * each state meet once, and both meet each width and each theme; {@code .ci/soak} runs all.
 */
final class MatrixIT {
  private static final Instant NOW = Served.NOW;
  private static final List<Integer> WIDTHS = List.of(320, 768, 1280);
  private static final List<ColorScheme> THEMES = List.of(ColorScheme.LIGHT, ColorScheme.DARK);
  private static final Path SNAPSHOTS = Path.of("src", "test", "resources", "snapshots");

  /** By name, where they are. */
  private static final SortedMap<String, String> PAGES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("overview", "?range=7d"),
              Map.entry("explore", "/explore?by=project&sub=model&range=7d&heat=1"),
              Map.entry("explore-hours", "/explore?from=2026-11-16&to=2026-11-16&by=key"),
              Map.entry("budgets", "/budgets"),
              Map.entry("budget", "/budgets/everything"),
              Map.entry("budget-new", "/budgets/new"),
              Map.entry("alerts", "/alerts"),
              Map.entry("reconcile", "/reconcile?range=7d&day=2026-11-12"),
              Map.entry("settings", "/settings")));

  private static final String SETTINGS =
      """
      budgets:
        everything:
          name: Everything
          metric: cost
          limit: 1
          window: month
      prices:
        - {model: gpt-4o-mini, from: 2026-01-01, input: 0.1}
      """;

  /** Rates of bills that are not used. */
  private static final String FAR =
      """
      {"data": [
        {"model": "gpt-4o", "tier": null, "meter": "input", "day": "2026-11-17", "billed": "0.1",
         "list": "2.5", "set": null, "used": "2.5", "reason": "far"},
        {"model": "gpt-5", "tier": "scale", "meter": "input", "day": "2026-11-17",
         "billed": "0.1", "list": null, "set": null, "used": null, "reason": "far"}],
       "has_more": false, "next": null, "as_of": null, "simulated": true}
      """;

  enum State {
    /** What was spent is over a budget, and not all of it has a price. */
    EXCEEDED("not priced", false),
    /** Of what is filtered there is nothing. */
    EMPTY("There is nothing of this in this range.", false),
    /** One endpoint of the provider refuses. */
    PARTIAL("Partial.", true),
    /** The provider has refused for hours. */
    STALE("Stale.", true),
    /** The provider has never answered. */
    FIRST_RUN("Three steps to the first answer", false),
    /** The server takes its time. */
    LOADING("", false),
    /** The server does not answer. */
    FAILED("The server does not answer.", true),
    /** The server wants a token. */
    REFUSED("A token is needed", true);

    /** What the page says of it. */
    final String sign;

    /** Whether every page says so. */
    final boolean everywhere;

    State(String sign, boolean everywhere) {
      this.sign = sign;
      this.everywhere = everywhere;
    }
  }

  @TempDir static Path folder;
  private static @Nullable Browsing browsing;
  private static @Nullable Provider provider;
  private static final Map<State, Served> SERVERS = new EnumMap<>(State.class);

  @BeforeAll
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  static void serve() throws IOException {
    browsing = new Browsing();
    var door = new Provider(NOW);
    provider = door;
    Path seed = Files.createDirectory(folder.resolve("seed"));
    Files.writeString(seed.resolve("tallyman.yaml"), SETTINGS);
    // Before all that go on from it: the clock of each begins with a fraction of a second of its
    // own.
    new Served(seed, NOW.minusSeconds(10), reads(door, Door.OPEN), "filled").close();
    Instant later = NOW.plus(Duration.ofHours(3));
    SERVERS.put(
        State.EXCEEDED, new Served(copy(seed, "usual"), NOW, reads(door, Door.OPEN), "cycle"));
    SERVERS.put(
        State.PARTIAL, new Served(copy(seed, "partial"), NOW, reads(door, Door.PARTLY), "cycle"));
    SERVERS.put(
        State.STALE, new Served(copy(seed, "stale"), later, reads(door, Door.SHUT), "cycle"));
    Path nothing = Files.createDirectory(folder.resolve("nothing"));
    SERVERS.put(State.FIRST_RUN, new Served(nothing, NOW, reads(door, Door.SHUT), "cycle"));
    Path closed = Files.createDirectory(folder.resolve("closed"));
    String hash = Tokens.create(Role.VIEWER, new SecureRandom()).hash();
    Files.writeString(
        closed.resolve("tallyman.yaml"),
        "server: {tokens: [{name: people, role: viewer, hash: " + hash + "}]}");
    SERVERS.put(State.REFUSED, new Served(closed, NOW, reads(door, Door.SHUT), ""));
  }

  private static Map<String, String> reads(Provider provider, Door door) {
    return Map.of(
        "OPENAI_ADMIN_KEY", "sk-admin-" + "e2e".repeat(8), "OPENAI_BASE_URL", provider.url(door));
  }

  private static Path copy(Path seed, String name) throws IOException {
    Path copy = Files.createDirectory(folder.resolve(name));
    try (Stream<Path> files = Files.list(seed)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @AfterAll
  static void close() {
    SERVERS.values().forEach(Served::close);
    SERVERS.clear();
    if (provider != null) {
      provider.close();
    }
    if (browsing != null) {
      browsing.close();
    }
  }

  private static Browsing browsing() {
    return Objects.requireNonNull(browsing);
  }

  /** Each page with each state; then theme and width follow, so that all pairs are among them. */
  static Stream<Arguments> pairs() {
    List<String> pages = List.copyOf(PAGES.keySet());
    var all = new ArrayList<Arguments>();
    List<State> states = List.of(State.values());
    for (int state = 0; state < states.size(); state++) {
      for (int page = 0; page < pages.size(); page++) {
        int turn = page + state;
        all.add(
            Arguments.of(
                states.get(state),
                pages.get(page),
                WIDTHS.get(turn % WIDTHS.size()),
                THEMES.get(turn % THEMES.size())));
      }
    }
    return all.stream();
  }

  static Stream<Arguments> all() {
    return Stream.of(State.values())
        .flatMap(state ->
            PAGES.keySet().stream()
                .sorted()
                .flatMap(page ->
                    WIDTHS.stream()
                        .flatMap(width ->
                            THEMES.stream()
                                .map(theme -> Arguments.of(state, page, width, theme)))));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void eachPageSaysItsStateAndCanBeUsedByEverybody(
      State state, String name, int width, ColorScheme theme) {
    check(state, name, width, theme);
  }

  @Tag("soak")
  @ParameterizedTest
  @MethodSource("all")
  void eachPageDoesSoInEachWidthAndTheme(State state, String name, int width, ColorScheme theme) {
    check(state, name, width, theme);
  }

  private static void check(State state, String name, int width, ColorScheme theme) {
    Served served = served(state);
    Page page = browsing().open(width, theme, served.now());
    arrange(page, state);
    String address = address(state, name);
    if (state == State.LOADING) {
      page.navigate(served.url() + address);
      Locator waits = page.locator("[aria-busy=true]");
      if (!name.equals("budget-new")) {
        assertThat(waits.first()).isVisible();
      }
    } else {
      Browsing.go(page, served.url() + address);
    }
    if (state.everywhere || name.equals(state == State.EMPTY ? "explore" : "overview")) {
      assertThat(page.locator("main").getByText(state.sign).first()).isVisible();
    }
    Browsing.picture(
        page,
        String.join(
            "-",
            name,
            state.name().toLowerCase(Locale.ROOT).replace('_', '-'),
            Integer.toString(width),
            theme.toString().toLowerCase(Locale.ROOT)));
    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .as("nothing sticks out at %d pixels", width)
        .isEqualTo(true);
    assertThat(Browsing.hindrances(page)).isEmpty();
    List<String> complaints = browsing().complaints();
    if (state != State.FAILED && state != State.REFUSED) {
      assertThat(complaints).isEmpty();
    }
    page.context().close();
    browsing().complaints();
  }

  /** The server that is in this state, or one of which the way there is. */
  private static Served served(State state) {
    return Objects.requireNonNull(
        SERVERS.getOrDefault(state, Objects.requireNonNull(SERVERS.get(State.EXCEEDED))));
  }

  private static void arrange(Page page, State state) {
    if (state == State.LOADING) {
      // Neither goes on nor fails.
      page.route("**/api/**", _ -> {});
    } else if (state == State.FAILED) {
      page.route("**/api/**", route -> route.abort());
    }
  }

  private static String address(State state, String name) {
    String path = "/dashboard" + Objects.requireNonNull(PAGES.get(name));
    return state == State.EMPTY
        ? path + (path.contains("?") ? "&" : "?") + "filter=model:nothing"
        : path;
  }

  /** Which has no price, in which tier, why, and what to do. */
  @ParameterizedTest
  @ValueSource(strings = {"overview", "explore", "settings"})
  void whyUsageHasNoPriceIsSaidInFullOnASmallScreen(String name) {
    Served served = served(State.EXCEEDED);
    Page page = browsing().open(320, ColorScheme.LIGHT, served.now());
    page.route(
        "**/api/v1/rates?*",
        route ->
            route.fulfill(
                new Route.FulfillOptions().setContentType("application/json").setBody(FAR)));
    Browsing.go(page, served.url() + address(State.EXCEEDED, name));
    Locator lacks = page.locator(".lacks").first();
    assertThat(lacks).containsText("Set a price under prices in the settings.");
    if (name.equals("overview")) {
      assertThat(lacks.getByRole(AriaRole.LINK)).hasText("1 more");
    } else {
      assertThat(lacks).containsText("gpt-unheard-of: no price is known for this model.");
      assertThat(lacks)
          .containsText("(tier ultrafast): its base price is known, but none for this tier.");
    }
    if (name.equals("settings")) {
      assertThat(page.locator("ul.lacks li"))
          .containsText(
              new String[] {
                "gpt-4o, input: the bill is far from the list price, so the list price is used;"
                    + " set a price if that is wrong.",
                "gpt-5 (tier scale), input: the bill is far from the list price, and there is no"
                    + " other: set a price under prices in the settings."
              });
    }
    Locator tier = page.locator("th", new Page.LocatorOptions().setHasText("tier ultrafast"));
    assertThat(tier).hasCount(name.equals("settings") ? 1 : 0);
    for (Locator each : tier.all()) {
      assertThat(each.evaluate("e => e.getBoundingClientRect().right <= innerWidth"))
          .isEqualTo(true);
    }
    for (Locator each : page.locator(".lacks").all()) {
      assertThat(each.evaluate("e => e.scrollWidth <= e.clientWidth")).isEqualTo(true);
    }
    Browsing.picture(page, name + "-unpriced-320");
    page.context().close();
  }

  static Stream<String> pages() {
    return PAGES.keySet().stream();
  }

  /** What those hear who do not see it; with {@code -Dtallyman.snapshots} it is written anew. */
  @ParameterizedTest
  @MethodSource("pages")
  void whatAScreenReaderIsToldIsWhatItWas(String name) throws IOException {
    Served served = served(State.EXCEEDED);
    Page page = browsing().open(1280, ColorScheme.LIGHT, served.now());
    Browsing.go(page, served.url() + address(State.EXCEEDED, name));
    String told = page.locator("main").ariaSnapshot().replaceAll("[0-9][0-9.,:]*", "0") + "\n";
    Path kept = SNAPSHOTS.resolve(name + ".yml");
    if (Boolean.getBoolean("tallyman.snapshots")) {
      Files.createDirectories(SNAPSHOTS);
      Files.writeString(kept, told);
    }
    assertThat(told).isEqualTo(Files.readString(kept));
    page.context().close();
  }
}
