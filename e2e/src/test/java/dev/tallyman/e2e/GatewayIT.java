package dev.tallyman.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.tallyman.e2e.Provider.Door;
import dev.tallyman.stack.Deployed;
import dev.tallyman.stack.Function;
import dev.tallyman.stack.Gateway;
import dev.tallyman.stack.LambdaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as it is deployed: the functions as they are packaged, behind what API Gateway does. */
final class GatewayIT {
  @TempDir Path folder;

  @Test
  void thePageOpensWithATokenAndReadsAgainWhatItIsAsked() throws IOException, InterruptedException {
    var deployed = new Deployed("sk-admin-" + "e2e".repeat(8), Served.NOW);
    try (var browsing = new Browsing();
        var provider = new Provider(Served.NOW)) {
      Map<String, String> variables = deployed.variables("page-", provider.url(Door.OPEN));
      try (var poller =
              LambdaProcess.start(Function.POLLER, variables, false, folder.resolve("poller.log"));
          var api = LambdaProcess.start(Function.API, variables, false, folder.resolve("api.log"));
          var gateway = new Gateway(Map.of(Function.API, api, Function.POLLER, poller))) {
        Deployed.poll(poller);

        Page page = browsing.open(1280, ColorScheme.LIGHT, Served.NOW);
        page.navigate(gateway.url() + "/");
        assertThat(page).hasURL(gateway.url() + "/dashboard");
        page.getByLabel("Token").fill("tly_o_wrong");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Open")).click();
        assertThat(page.locator("#said")).containsText("token");
        browsing.complaints();
        page.getByLabel("Token").fill(deployed.token().text());
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Open")).click();
        assertThat(page.locator(".tile .figure").first()).containsText("$");
        assertThat(page.locator("[aria-busy=true]")).hasCount(0);
        Browsing.picture(page, "gateway-overview");

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Budgets"))
            .first()
            .click();
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("New budget")).click();
        page.locator("[name=id]").fill("everything");
        page.locator("[name=name]").fill("All of it");
        page.locator("[name=limit]").fill("100");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Set this budget"))
            .click();
        assertThat(page.locator(".headline")).containsText("of $100.00");

        Browsing.go(page, gateway.url() + "/dashboard/reconcile?range=7d");
        page.locator("tr", new Page.LocatorOptions().setHasText("2026-11-17"))
            .getByRole(AriaRole.BUTTON)
            .click();
        assertThat(page.locator("#said")).containsText("2026-11-17 was read again");
        assertThat(browsing.complaints()).isEmpty();
        page.context().close();
      }
    }
  }
}
