package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an API must do in addition to be read as OpenAI's Admin API: its keys and its names. */
public abstract class AdminContract extends ProviderContract {
  @ParameterizedTest
  @ValueSource(strings = {"/organization/usage/completions", "/organization/costs"})
  void aProjectKeyLacksAScope(String path) {
    Web.Page page =
        web.get(path + "?start_time=" + today(), "Authorization", "Bearer sk-proj-0123456789abc");
    assertThat(page.status()).isIn(401, 403);
    assertThat(page.error())
        .containsEntry(
            "message",
            "You have insufficient permissions for this operation. Missing scopes: api.usage.read."
                + " Check that you have the correct role in your organization, and if you're using"
                + " a restricted API key, that it has the necessary scopes.")
        .containsEntry("type", INVALID)
        .containsEntry("param", null)
        .containsEntry("code", null);
  }

  @Test
  void listsArePagedByTheLastId() {
    List<Map<String, Object>> all = ask("/organization/users?limit=100").data();
    assertThat(all).isNotEmpty();
    var parts = new ArrayList<Map<String, Object>>();
    String after = "";
    boolean more = true;
    while (more) {
      Web.Page page = ask("/organization/users?limit=4" + after);
      parts.addAll(page.data());
      assertThat(page.json()).containsEntry("first_id", page.data().getFirst().get("id"));
      assertThat(page.json()).containsEntry("last_id", page.data().getLast().get("id"));
      after = "&after=" + page.data().getLast().get("id");
      more = Boolean.TRUE.equals(page.json().get("has_more"));
    }
    assertThat(parts).isEqualTo(all);
    refused(ask("/organization/users?limit=101"), 400, INVALID);
  }

  @Test
  void namesHaveTheFieldsOfTheSpecification() {
    List<Map<String, Object>> projects =
        ask("/organization/projects?limit=100&include_archived=true").data();
    assertThat(projects)
        .isNotEmpty()
        .allSatisfy(
            p -> assertThat(p).containsKeys("id", "object", "name", "created_at", "status"));
    assertThat(ask("/organization/users?limit=100").data())
        .allSatisfy(u -> assertThat(u).containsKeys("id", "object", "name", "email", "role"));
    for (Map<String, Object> project : projects) {
      if (!"active".equals(project.get("status"))) {
        continue;
      }
      String path = "/organization/projects/" + project.get("id");
      assertThat(ask(path).json()).isEqualTo(project);
      List<Map<String, Object>> keys =
          ask(path + "/api_keys?limit=100&owner_project_access=any").data();
      assertThat(keys)
          .isNotEmpty()
          .allSatisfy(key ->
              assertThat(key)
                  .containsEntry("object", "organization.project.api_key")
                  .containsKeys("id", "name", "redacted_value", "created_at", "owner"));
      assertThat(ask(path + "/api_keys/" + keys.getFirst().get("id")).json())
          .containsEntry("id", keys.getFirst().get("id"));
      assertThat(ask(path + "/api_keys/key_unknown").status()).isEqualTo(404);
      assertThat(ask(path + "/service_accounts").data())
          .allSatisfy(account ->
              assertThat(account).containsEntry("object", "organization.project.service_account"));
    }
    assertThat(ask("/organization/projects/proj_unknown/api_keys").status()).isEqualTo(404);
    assertThat(ask("/organization/admin_api_keys").data())
        .isNotEmpty()
        .allSatisfy(key -> assertThat(key).containsKeys("id", "redacted_value", "expires_at"));
  }
}
