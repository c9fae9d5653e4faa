package dev.tallyman.openai;

import static dev.tallyman.openai.Harness.NOW;
import static dev.tallyman.openai.ScriptedProvider.json;
import static dev.tallyman.openai.ScriptedProvider.status;
import static dev.tallyman.openai.UsageReadingTest.failed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.UsageApi.NamePage;
import dev.tallyman.core.poll.records.ReadOutcome.Complete;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.usage.Name;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesReadingTest {
  private static final String KEY_ITEM =
      """
      {"object":"organization.project.api_key","redacted_value":"sk-proj-***abc","name":"Batch job",\
      "created_at":1711471533,"last_used_at":1711471534,"id":"key_1",\
      "owner_project_access":"active","owner":{"type":"service_account","service_account":\
      {"id":"svc_acct_1","name":"bot","role":"member","created_at":1711471533}}}\
      """;

  @Test
  void ofProjectsIncludeArchivedOnesAndGoOnAfterTheLastId() {
    String body =
        list(
            true,
            "proj_2",
            """
            {"id":"proj_1","name":"Search","status":"active","created_at":1711471533}\
            """,
            """
            {"id":"proj_2","name":null,"status":"archived","archived_at":1711471533}\
            """);
    try (var harness = new Harness(json(body), json(list(false, "proj_3")))) {
      NamePage page = harness.api.readNames(Name.Kind.PROJECT, null, null, harness.deadline);

      assertThat(page.outcome()).isInstanceOf(Complete.class);
      assertThat(page.next()).isEqualTo("proj_2");
      assertThat(page.names())
          .containsExactly(
              new Name(
                  Name.Kind.PROJECT,
                  "proj_1",
                  "Search",
                  Map.of("status", "active", "created", "2024-03-26T16:45:33Z")),
              new Name(
                  Name.Kind.PROJECT,
                  "proj_2",
                  "",
                  Map.of("status", "archived", "archived", "2024-03-26T16:45:33Z")));

      NamePage end = harness.api.readNames(Name.Kind.PROJECT, null, "proj_2", harness.deadline);
      assertThat(end.next()).isNull();
      assertThat(harness.provider.requests())
          .extracting(ScriptedProvider.Request::target)
          .containsExactly(
              "/v1/organization/projects?limit=100&include_archived=true",
              "/v1/organization/projects?limit=100&include_archived=true&after=proj_2");
    }
  }

  @Test
  void areBoundedWhateverTheProviderSays() {
    String text = "n".repeat(300_000);
    String item =
        KEY_ITEM.replace("Batch job", text).replace("svc_acct_1", text).replace("key_1", text);
    try (var harness = new Harness(json(list(false, "key_1", item)))) {
      NamePage page = harness.api.readNames(Name.Kind.API_KEY, "proj_1", null, harness.deadline);

      assertThat(page.names())
          .singleElement()
          .satisfies(name -> {
            assertThat(name.id()).hasSize(256);
            assertThat(name.name()).hasSize(256);
            assertThat(name.details().values())
                .allSatisfy(each -> assertThat(each).hasSizeLessThan(257));
          });
    }
  }

  @Test
  void ofKeysTellTheirOwnerAndRedactedValue() {
    try (var harness = new Harness(json(list(false, "key_1", KEY_ITEM)))) {
      NamePage page = harness.api.readNames(Name.Kind.API_KEY, "proj/1", null, harness.deadline);

      assertThat(page.names())
          .containsExactly(
              new Name(
                  Name.Kind.API_KEY,
                  "key_1",
                  "Batch job",
                  Map.of(
                      "project", "proj/1",
                      "redacted", "sk-proj-***abc",
                      "created", "2024-03-26T16:45:33Z",
                      "status", "active",
                      "owner_type", "service_account",
                      "owner", "svc_acct_1")));
      assertThat(harness.provider.requests().getFirst().line())
          .contains("/projects/proj%2F1/api_keys?limit=100&owner_project_access=any ");
    }
  }

  @Test
  void ofAKeyThatIsNotRedactedDoNotKeepIt() {
    String item = KEY_ITEM.replace("sk-proj-***abc", "sk-proj-abcdef");
    try (var harness = new Harness(json(item))) {
      NamePage page = harness.api.readName(Name.Kind.API_KEY, "p", "key_1", harness.deadline);

      assertThat(page.names().getFirst().details()).doesNotContainKey("redacted");
      assertThat(harness.provider.requests().getFirst().target())
          .isEqualTo("/v1/organization/projects/p/api_keys/key_1");
    }
  }

  @Test
  void ofUsersMayBeNested() {
    String body =
        list(
            false,
            "user-2",
            """
            {"id":"user-1","name":"Ada","email":"ada@example.com","role":"owner"}\
            """,
            """
            {"id":"user-2","user":{"id":"user-2","name":"Bo","email":"bo@example.com"}}\
            """,
            "null",
            "{\"name\":\"without id\"}");
    try (var harness = new Harness(json(body))) {
      NamePage page = harness.api.readNames(Name.Kind.USER, null, null, harness.deadline);

      assertThat(page.names())
          .containsExactly(
              new Name(
                  Name.Kind.USER,
                  "user-1",
                  "Ada",
                  Map.of("email", "ada@example.com", "role", "owner")),
              new Name(Name.Kind.USER, "user-2", "Bo", Map.of("email", "bo@example.com")));
      assertThat(harness.provider.requests().getFirst().target())
          .isEqualTo("/v1/organization/users?limit=100");
    }
  }

  @Test
  void ofServiceAccountsBelongToAProject() {
    String item =
        """
        {"id":"svc_1","name":"bot","role":"member","created_at":1711471533}\
        """;
    try (var harness = new Harness(json(list(false, "svc_1", item)))) {
      NamePage page =
          harness.api.readNames(Name.Kind.SERVICE_ACCOUNT, "proj_1", null, harness.deadline);

      assertThat(page.names().getFirst().details())
          .containsEntry("project", "proj_1")
          .containsEntry("role", "member");
      assertThat(harness.provider.requests().getFirst().target())
          .isEqualTo("/v1/organization/projects/proj_1/service_accounts?limit=100");
    }
  }

  @Test
  void ofWhatTheProviderDoesNotKnowAreNone() {
    try (var harness = new Harness(status(404, "{\"code\":404,\"message\":\"was not found\"}"))) {
      NamePage page = harness.api.readName(Name.Kind.PROJECT, null, "proj_9", harness.deadline);

      assertThat(page.outcome()).isInstanceOf(Complete.class);
      assertThat(page.names()).isEmpty();
    }
  }

  @Test
  void ofAListThatIsNotThereFail() {
    try (var harness = new Harness(status(404, ""))) {
      NamePage page = harness.api.readNames(Name.Kind.PROJECT, null, null, harness.deadline);
      failed(page.outcome(), Kind.NOT_OFFERED);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"API_KEY", "SERVICE_ACCOUNT"})
  void ofWhatBelongsToAProjectAreNotAskedWithoutOne(Name.Kind kind) {
    try (var harness = new Harness()) {
      failed(harness.api.readNames(kind, null, null, harness.deadline).outcome(), Kind.REFUSED);
      failed(harness.api.readName(kind, null, "x", harness.deadline).outcome(), Kind.REFUSED);
      assertThat(harness.provider.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "{\"data\":{}}", "{\"id\":7"})
  void inAnotherShapeAreMalformed(String body) {
    try (var harness = new Harness(c -> c.withAttempts(1), json(body))) {
      failed(
          harness.api.readNames(Name.Kind.USER, null, null, harness.deadline).outcome(),
          Kind.MALFORMED);
    }
  }

  @Test
  void ofTheAdminKeyTellWhenItExpires() {
    String other = adminKey("sk-admin...zzz", "1700000000");
    String own = adminKey("sk-admin-S3***S3cr3t", "1800000000");
    try (var harness =
        new Harness(json(list(true, "a", other)), json(list(false, "b", other, own)))) {
      assertThat(harness.api.adminKeyExpiry(harness.deadline))
          .isEqualTo(new KeyExpiry.Expires("Main", Instant.ofEpochSecond(1_800_000_000)));
      assertThat(harness.provider.requests().get(1).target())
          .isEqualTo("/v1/organization/admin_api_keys?limit=100&after=a");
    }
  }

  @Test
  void ofAnAdminKeyThatNeverExpiresSaySo() {
    try (var harness = new Harness(json(list(false, "a", adminKey("sk-admin...cr3t", "null"))))) {
      assertThat(harness.api.adminKeyExpiry(NOW.plusSeconds(9)))
          .isEqualTo(new KeyExpiry.Never("Main"));
    }
  }

  @Test
  void ofAnAdminKeyThatCannotBeToldSayWhy() {
    String own = adminKey("sk-admin...cr3t", "null");
    try (var harness =
        new Harness(
            json(list(false, "a", own, own)),
            json(list(false, "a", adminKey("…", "1"))),
            status(403, Harness.error("", "x", "Missing scopes: api.management.read")))) {
      assertThat(unknown(harness)).contains("2 of");
      assertThat(unknown(harness)).contains("does not list");
      assertThat(unknown(harness)).contains("api.management.read");
    }
  }

  private static String unknown(Harness harness) {
    KeyExpiry expiry = harness.api.adminKeyExpiry(harness.deadline);
    assertThat(expiry).isInstanceOf(KeyExpiry.Unknown.class);
    return ((KeyExpiry.Unknown) expiry).reason();
  }

  private static String adminKey(String redacted, String expires) {
    return """
    {"object":"organization.admin_api_key","id":"key_%s","name":"Main","redacted_value":"%s",\
    "created_at":1,"expires_at":%s,"owner":{}}\
    """
        .formatted(expires, redacted, expires);
  }

  private static String list(boolean more, String last, String... items) {
    return """
    {"object":"list","data":[%s],"first_id":"x","last_id":"%s","has_more":%s}\
    """
        .formatted(String.join(",", items), last, more);
  }
}
