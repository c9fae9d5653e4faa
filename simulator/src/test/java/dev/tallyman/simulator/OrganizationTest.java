package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OrganizationTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static Web.Page ask(Web web, String pathAndQuery) {
    return web.get("/organization" + pathAndQuery, "Authorization", "Bearer sk-admin-x");
  }

  @Test
  void itHasEightProjectsFortyKeysAndFifteenPeople() throws IOException {
    try (var simulator = Simulator.builder(InstantSource.fixed(NOW)).build().start();
        var web = new Web(simulator.baseUrl())) {
      List<Map<String, Object>> projects = ask(web, "/projects?limit=100").data();
      assertThat(projects).hasSize(8);
      assertThat(ask(web, "/users?limit=100").data()).hasSize(15);
      var keys = new ArrayList<Map<String, Object>>();
      var accounts = new ArrayList<Map<String, Object>>();
      int visible = 0;
      for (Map<String, Object> project : projects) {
        String path = "/projects/" + project.get("id");
        keys.addAll(ask(web, path + "/api_keys?limit=100&owner_project_access=any").data());
        accounts.addAll(ask(web, path + "/service_accounts?limit=100").data());
        visible += ask(web, path + "/api_keys?limit=100").data().size();
      }
      assertThat(keys).hasSize(40);
      assertThat(visible).isLessThan(40);
      assertThat(accounts).hasSize(16);
      assertThat(simulator.sharingProject().orElseThrow())
          .isIn(projects.stream().map(project -> project.get("id")).toList());
    }
  }

  @Test
  void anArchivedProjectIsListedOnlyWhenAskedForAndHasNothingToShow() throws IOException {
    try (var simulator = Simulator.builder(InstantSource.fixed(NOW)).build().start();
        var web = new Web(simulator.baseUrl())) {
      List<Map<String, Object>> projects =
          ask(web, "/projects?limit=100&include_archived=true").data();
      assertThat(projects).hasSize(9);
      Map<String, Object> archived =
          projects.stream()
              .filter(project -> "archived".equals(project.get("status")))
              .findAny()
              .orElseThrow();
      assertThat(archived.get("archived_at")).isNotNull();
      Web.Page page = ask(web, "/projects/" + archived.get("id") + "/api_keys");
      assertThat(page.status()).isEqualTo(400);
      assertThat(page.error()).containsEntry("code", "project_archived");
    }
  }

  @Test
  void aDeletedKeyIsInUsageButNoLongerListed() throws IOException {
    try (var simulator = Simulator.builder(InstantSource.fixed(NOW)).build().start();
        var web = new Web(simulator.baseUrl())) {
      Map<String, String> projectOf = new HashMap<>();
      for (int day = 1; day <= 90; day++) {
        Instant noon = Instant.parse("2026-11-20T11:00:00Z").minus(Duration.ofDays(day));
        for (UsageRow row : simulator.truthUsage(Known.COMPLETIONS, noon).rows()) {
          String key = row.get(Dimension.API_KEY);
          String project = row.get(Dimension.PROJECT);
          if (key != null && project != null) {
            projectOf.put(key, project);
          }
        }
      }
      Set<String> deleted = new HashSet<>(simulator.deletedKeys());
      deleted.retainAll(projectOf.keySet());
      assertThat(deleted).isNotEmpty();
      for (String key : deleted) {
        String path = "/projects/" + projectOf.get(key) + "/api_keys";
        assertThat(ask(web, path + "/" + key).status()).isEqualTo(404);
        assertThat(ask(web, path + "?limit=100&owner_project_access=any").data())
            .isNotEmpty()
            .noneSatisfy(listed -> assertThat(listed).containsEntry("id", key));
      }
    }
  }

  @Test
  void aChosenAdminKeyIsTheOnlyOneAndARestrictedOneHasItsScopesOnly() throws IOException {
    try (var simulator =
            Simulator.builder(InstantSource.fixed(NOW))
                .adminKey("sk-admin-right")
                .restrictedKey("sk-admin-usage", Set.of("api.usage.read"))
                .build()
                .start();
        var web = new Web(simulator.baseUrl())) {
      String usage = "/organization/usage/completions?start_time=" + NOW.getEpochSecond();
      String bearer = "Bearer ";
      assertThat(web.get(usage, "Authorization", bearer + "sk-admin-right").status())
          .isEqualTo(200);
      Web.Page wrong = web.get(usage, "Authorization", bearer + "sk-admin-wrong-and-long");
      assertThat(wrong.status()).isEqualTo(401);
      assertThat(wrong.error()).containsEntry("code", "invalid_api_key");
      assertThat(wrong.response().body()).doesNotContain("wrong-and");
      assertThat(web.get(usage, "Authorization", bearer + "sk-admin-usage").status())
          .isEqualTo(200);
      Web.Page names = web.get("/organization/users", "Authorization", bearer + "sk-admin-usage");
      assertThat(names.status()).isEqualTo(403);
      assertThat(names.error().get("message"))
          .asString()
          .contains("Missing scopes: api.management.read.");
    }
  }

  @Test
  void itListensOnLoopbackAndSaysThatItIsSimulated() throws IOException {
    var options = new SimulatorOptions(0, 5, Optional.of(NOW), 600, Optional.empty(), Set.of());
    try (var simulator = options.start(InstantSource.fixed(Instant.EPOCH));
        var web = new Web(simulator.baseUrl())) {
      assertThat(InetAddress.getByName(simulator.baseUrl().getHost()).isLoopbackAddress()).isTrue();
      Web.Page page = ask(web, "/costs");
      assertThat(page.status()).isEqualTo(400);
      assertThat(page.response().headers().firstValue("x-tallyman-simulated")).contains("true");
      assertThat(ask(web, "/users").response().headers().firstValue("x-tallyman-simulated"))
          .contains("true");
      assertThat(web.get("/").response().headers().firstValue("x-tallyman-simulated"))
          .contains("true");
      assertThat(page.response().headers().firstValue("openai-organization"))
          .contains(simulator.organization());
    }
  }

  @Test
  void impossibleOptionsAreRefused() {
    assertThatThrownBy(
            () -> new SimulatorOptions(70_000, 1, Optional.empty(), 1, Optional.empty(), Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Size(1, 1, 13, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Size(2, 2, 2, 9, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
