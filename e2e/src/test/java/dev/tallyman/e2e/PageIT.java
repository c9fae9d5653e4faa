package dev.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What people come for, done as they would do it. */
final class PageIT {
  private static final List<String> STANDARDS =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

  @TempDir static Path folder;
  private static @Nullable Browsing browsing;
  private static @Nullable Served served;

  @BeforeAll
  static void serve() throws IOException, InterruptedException {
    browsing = new Browsing();
    served = new Served(folder);
  }

  @AfterAll
  static void close() {
    if (browsing != null) {
      browsing.close();
    }
    if (served != null) {
      served.close();
    }
  }

  private static Browsing browsing() {
    return Objects.requireNonNull(browsing);
  }

  private static Served served() {
    return Objects.requireNonNull(served);
  }

  private static Page open(String path) {
    Page page = browsing().open(1280, ColorScheme.LIGHT);
    Browsing.go(page, served().url() + path);
    return page;
  }

  @AfterEach
  void nothingWasComplainedOf() {
    assertThat(browsing().complaints()).isEmpty();
  }

  /** Each page with each theme and each width, though not with each of both. */
  static Stream<Arguments> pages() {
    return Stream.of(
        Arguments.of("overview", "", 1280, ColorScheme.LIGHT),
        Arguments.of("overview-narrow", "", 320, ColorScheme.DARK),
        Arguments.of("explore", "/explore?by=project&sub=model", 1280, ColorScheme.DARK),
        Arguments.of("explore-narrow", "/explore", 320, ColorScheme.LIGHT),
        Arguments.of("budgets", "/budgets", 320, ColorScheme.LIGHT),
        Arguments.of("budget", "/budgets/pool-premium", 1280, ColorScheme.DARK),
        Arguments.of("budget-new", "/budgets/new", 768, ColorScheme.LIGHT),
        Arguments.of("alerts", "/alerts", 768, ColorScheme.DARK),
        Arguments.of("reconcile", "/reconcile", 768, ColorScheme.LIGHT),
        Arguments.of("settings", "/settings", 320, ColorScheme.DARK));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void eachPageIsWholeAndCanBeUsedByEverybody(
      String name, String path, int width, ColorScheme theme) {
    Page page = browsing().open(width, theme);
    Browsing.go(page, served().url() + "/dashboard" + path);
    assertThat(page.locator("main")).isVisible();
    assertThat(page.locator("[aria-busy=true]")).hasCount(0);
    assertThat(page.title()).startsWith("SIMULATED · ").endsWith("Tallyman");
    Browsing.picture(page, name + "-" + width + "-" + theme.toString().toLowerCase(Locale.ROOT));
    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .as("nothing sticks out at %d pixels", width)
        .isEqualTo(true);
    assertThat(new AxeBuilder(page).withTags(STANDARDS).analyze().getViolations())
        .as(name)
        .isEmpty();
    page.context().close();
  }

  @Test
  void aTileSaysWhatTheTableTheApiAndTheFileSay() throws IOException, InterruptedException {
    Page page = open("/dashboard/explore?by=model&range=last&top=30");
    String query = "metric=cost&by=model&since=2026-10-01T00:00:00Z&until=2026-11-01T00:00:00Z";
    var total =
        (Map<?, ?>)
            Objects.requireNonNull(
                served().get("/api/v1/query?granularity=all&" + query).get("total"));
    String shown =
        "$"
            + String.format(
                Locale.US,
                "%,.2f",
                new BigDecimal(String.valueOf(total.get("total")))
                    .setScale(2, RoundingMode.HALF_EVEN));
    assertThat(page.locator("tr.total td").first()).hasText(shown);

    assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("CSV")))
        .hasAttribute("href", Pattern.compile(".*format=csv.*"));
    BigDecimal sum = BigDecimal.ZERO;
    String[] lines =
        served()
            .text("/api/v1/query?format=csv&granularity=all&top=100&" + query)
            .split("\r?\n", -1);
    int column = List.of(lines[0].split(",", -1)).indexOf("value");
    for (int i = 1; i < lines.length; i++) {
      if (!lines[i].isEmpty()) {
        sum = sum.add(new BigDecimal(lines[i].split(",", -1)[column]));
      }
    }
    assertThat(sum).isEqualByComparingTo(String.valueOf(total.get("total")));
    Browsing.go(page, served().url() + "/dashboard?range=last");
    assertThat(page.locator(".tile").first().locator(".figure")).hasText(shown);
    page.context().close();
  }

  @Test
  void whoDrivesAnIncidentIsFoundInThreeClicks() {
    Page page = open("/dashboard?range=7d");
    Locator unusual =
        page.locator("section", new Page.LocatorOptions().setHasText("Unusual spend"));
    unusual.getByRole(AriaRole.LINK).first().click();
    assertThat(page).hasURL(Pattern.compile(".*/dashboard/explore\\?.*filter=.*"));
    assertThat(page.locator(".chip").first()).isVisible();
    assertThat(page.locator("tr.total")).isVisible();
    page.context().close();
  }

  @Test
  void aBudgetIsSetAndItsMessageArrives() throws IOException, InterruptedException {
    Page page = open("/dashboard/budgets");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("New budget")).click();
    page.locator("[name=id]").fill("everything");
    page.locator("[name=name]").fill("All of it");
    page.locator("[name=limit]").fill("100");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Set this budget")).click();
    assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("All of it")))
        .isVisible();
    assertThat(page.locator("tally-plot canvas").first()).isVisible();

    Browsing.go(page, served().url() + "/dashboard/settings");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Poll now")).click();
    assertThat(page.locator("#said")).containsText("Polled");
    String message = served().message();
    while (!message.contains("All of it")) {
      message = served().message();
    }
    assertThat(message).contains("SIMULATED");

    Browsing.go(page, served().url() + "/dashboard/alerts");
    page.getByRole(
            AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("All of it.*")))
        .first()
        .click();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Redeliver"))
        .first()
        .click();
    assertThat(page.locator("#said")).containsText("delivered again");
    assertThat(served().message()).contains("All of it");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Mute for 24 hours"))
        .click();
    assertThat(page.locator("#said")).containsText("Nobody is told");

    Browsing.go(page, served().url() + "/dashboard/budgets/everything");
    page.locator("[name=limit]").fill("not a number");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save")).click();
    assertThat(page.locator("form .error")).containsText("limit");
    browsing().complaints();
    page.locator("[name=limit]").fill("100000");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save")).click();
    assertThat(page.locator(".headline")).containsText("100,000");
    page.context().close();
  }

  @Test
  void aChartIsWalkedByKeysAndStandsAsATable() {
    Page page = open("/dashboard/explore?range=7d");
    Locator chart = page.locator("tally-plot canvas").first();
    chart.focus();
    chart.press("ArrowRight");
    assertThat(page.locator("tally-plot [aria-live]").first())
        .containsText(Pattern.compile("\\d+ Nov: \\$[\\d,.]+"));
    page.getByText("Show as table").first().click();
    assertThat(page.locator("details table").first()).isVisible();
    page.context().close();
  }

  @Test
  void everyViewIsALink() {
    Page page = open("/dashboard/explore");
    page.locator("#by").selectOption("project");
    page.getByLabel("cumulative").check();
    String url = page.url();
    assertThat(url).contains("by=project", "cumulative=1");
    Browsing.go(page, url);
    assertThat(page.locator("#by")).hasValue("project");
    page.goBack();
    page.context().close();
  }
}
