package dev.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people come for, done as they would do it. */
final class PageIT {
  @TempDir static Path folder;
  private static @Nullable Browsing browsing;
  private static @Nullable Receiver receiver;
  private static @Nullable Served served;

  @BeforeAll
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  static void serve() throws IOException, InterruptedException {
    browsing = new Browsing();
    var listening = new Receiver();
    receiver = listening;
    served = Served.simulated(folder, listening);
  }

  @AfterAll
  static void close() {
    if (browsing != null) {
      browsing.close();
    }
    if (served != null) {
      served.close();
    }
    if (receiver != null) {
      receiver.close();
    }
  }

  private static Browsing browsing() {
    return Objects.requireNonNull(browsing);
  }

  private static Served served() {
    return Objects.requireNonNull(served);
  }

  private static Receiver receiver() {
    return Objects.requireNonNull(receiver);
  }

  private static Page open(String path) {
    Page page = browsing().open(1280, ColorScheme.LIGHT, Served.NOW);
    Browsing.go(page, served().url() + path);
    return page;
  }

  @AfterEach
  void nothingWasComplainedOf() {
    assertThat(browsing().complaints()).isEmpty();
  }

  @Test
  void aTileSaysWhatTheTableTheApiTheCommandLineAndTheFileSay()
      throws IOException, InterruptedException {
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

    Download file =
        page.waitForDownload(() ->
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("CSV")).click());
    assertThat(file.suggestedFilename()).endsWith(".csv");
    BigDecimal sum = BigDecimal.ZERO;
    String[] lines = Files.readString(file.path()).split("\r?\n", -1);
    int column = List.of(lines[0].split(",", -1)).indexOf("value");
    for (int i = 1; i < lines.length; i++) {
      if (!lines[i].isEmpty()) {
        sum = sum.add(new BigDecimal(lines[i].split(",", -1)[column]));
      }
    }
    assertThat(sum).isEqualByComparingTo(String.valueOf(total.get("total")));

    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Copy as CLI")).click();
    assertThat(page.locator("#said")).containsText("Copied");
    String command = String.valueOf(page.evaluate("navigator.clipboard.readText()"));
    assertThat(command).startsWith("./tallyman spend");
    String[] words = (command.substring("./tallyman ".length()) + " --json").split(" ", -1);
    assertThat(served().tallyman(words)).contains("\"" + total.get("total") + "\"");
    Browsing.go(page, served().url() + "/dashboard?range=last");
    assertThat(page.locator(".tile").first().locator(".figure")).hasText(shown);
    page.context().close();
  }

  /** What {@code build/pictures} puts into the README. */
  @Test
  void theReadmeShowsALivelyOrganization() throws IOException, InterruptedException {
    Page page = open("/dashboard?range=30d");
    assertThat(page.locator(".tile .figure").first()).containsText("$");
    Browsing.picture(page, "page");
    page.context().close();
    String spend = served().tallyman("spend", "--by", "model", "--last", "7d");
    assertThat(spend).contains("SIMULATED", "TOTAL");
    Files.writeString(Path.of("target", "pictures", "terminal.txt"), spend);
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
    assertThat(receiver().message("All of it")).contains("SIMULATED");

    Browsing.go(page, served().url() + "/dashboard/alerts");
    page.getByRole(
            AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("All of it.*")))
        .first()
        .click();
    assertThat(page.locator(".headline")).containsText("All of it");
    Browsing.picture(page, "alert");
    assertThat(Browsing.hindrances(page)).isEmpty();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Redeliver"))
        .first()
        .click();
    assertThat(page.locator("#said")).containsText("delivered again");
    assertThat(receiver().message("All of it")).contains("SIMULATED");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Mute for 24 hours"))
        .click();
    assertThat(page.locator("#said")).containsText("Nobody is told");

    Browsing.go(page, served().url() + "/dashboard/budgets/everything");
    page.locator("[name=limit]").fill("not a number");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save")).click();
    assertThat(page.locator("form .error")).containsText("limit");
    assertThat(browsing().complaints()).allMatch(each -> each.contains("400"));
    page.locator("[name=limit]").fill("100000");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save")).click();
    assertThat(page.locator(".headline")).containsText("100,000");
    page.context().close();
  }

  @Test
  void aDayIsReadAgainAndWhatItSaidBeforeIsShown() {
    Page page = open("/dashboard/reconcile?range=7d");
    Locator day = page.locator("tr", new Page.LocatorOptions().setHasText("2026-11-16"));
    day.getByRole(AriaRole.BUTTON).click();
    assertThat(page.locator("#said")).containsText("2026-11-16 was read again");
    day.getByRole(AriaRole.LINK).click();
    assertThat(
            page.getByRole(
                AriaRole.HEADING,
                new Page.GetByRoleOptions().setName("Restatements of 2026-11-16")))
        .isVisible();
    page.context().close();
  }

  @Test
  void aBudgetIsRaisedWhereItStands() throws IOException, InterruptedException {
    served()
        .send(
            "PUT",
            "/api/v1/budgets/tight",
            "{\"name\": \"Tight\", \"metric\": \"cost\", \"limit\": 1, \"window\": \"month\"}");
    Page page = open("/dashboard/budgets");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Tight")).click();
    assertThat(page.locator(".headline")).containsText("exceeded");
    page.locator("[name=limit]").fill("2,000,000");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save")).click();
    assertThat(page.locator(".headline")).containsText("of $2,000,000.00");
    assertThat(page.locator(".headline")).containsText("ok");
    page.context().close();
  }

  @Test
  void whatWasKnownStaysDimmedWhileTheServerIsAway() {
    Page page = open("/dashboard");
    page.context().setOffline(true);
    page.clock().fastForward(30_000);
    assertThat(page.locator(".banner.failed")).containsText("Not refreshed.");
    assertThat(page.locator(".panel .dimmed").first()).isVisible();
    assertThat(page.locator(".tile .figure").first()).containsText("$");
    Browsing.picture(page, "overview-away");
    browsing().complaints();
    page.context().setOffline(false);
    page.clock().fastForward(30_000);
    assertThat(page.locator(".banner.failed")).hasCount(0);
    assertThat(page.locator(".dimmed")).hasCount(0);
    page.context().close();
  }

  /** Held for a morning: every half minute is asked what has changed. */
  @Tag("soak")
  @Test
  void memoryIsFlatOverThreeHours() throws IOException {
    Page page = open("/dashboard");
    CDPSession tools = page.context().newCDPSession(page);
    refresh(page, 30);
    long before = heap(tools);
    refresh(page, 330);
    long after = heap(tools);
    assertThat(after).isLessThan(before + before / 10);
    page.context().close();
    Files.writeString(
        Path.of("target", "soak.md"),
        String.format(
            Locale.ROOT,
            """
            The page: `MatrixIT` opened each page in each state, width and theme, and axe had nothing to say. An overview that was
            left open had a heap of %.1f MB after 30 refreshes, and of %.1f MB after 360, three hours by its clock.
            """,
            before / 1e6,
            after / 1e6));
  }

  private static void refresh(Page page, int times) {
    for (int i = 0; i < times; i++) {
      page.waitForResponse(
          response -> response.url().contains("/api/v1/alerts"),
          () -> page.clock().fastForward(30_000));
    }
  }

  private static long heap(CDPSession tools) {
    tools.send("HeapProfiler.collectGarbage");
    return tools.send("Runtime.getHeapUsage").get("usedSize").getAsLong();
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
    Page page = open("/dashboard/explore?range=7d");
    page.locator("#by").selectOption("project");
    page.getByLabel("cumulative").check();
    String url = page.url();
    assertThat(url).contains("by=project", "cumulative=1");
    Browsing.go(page, url);
    assertThat(page.locator("#by")).hasValue("project");
    page.goBack();
    page.locator("#range").selectOption("custom");
    page.locator("input[type=date]").first().fill("2026-11-02");
    page.locator("input[type=date]").first().press("Tab");
    assertThat(page).hasURL(Pattern.compile(".*from=2026-11-02&to=2026-11-18.*"));
    page.getByLabel("by hour of the week").check();
    assertThat(page.locator("svg.heat rect")).hasCount(168);
    page.context().close();
  }
}
