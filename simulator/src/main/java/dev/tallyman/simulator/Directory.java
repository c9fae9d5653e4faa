package dev.tallyman.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tallyman.simulator.Organization.ApiKey;
import dev.tallyman.simulator.Organization.Project;
import dev.tallyman.simulator.Organization.ServiceAccount;
import dev.tallyman.simulator.Organization.User;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers who and what belongs to the organization, page by page, as it is at an instant. */
final class Directory {
  private static final int STANDARD = 20;
  private static final int MOST = 100;

  private final Organization organization;
  private final Instant now;

  Directory(Organization organization, Instant now) {
    this.organization = organization;
    this.now = now;
  }

  /** Writes one thing. */
  @FunctionalInterface
  private interface Writer<T> {
    void write(JsonGenerator json, T thing) throws IOException;
  }

  /**
   * The answer to a path below {@code /v1/organization/}.
   *
   * @throws Refusal if there is no such thing
   */
  Optional<Json> answer(List<String> path, Parameters parameters) {
    return switch (path.getFirst()) {
      case "projects" -> projects(path, parameters);
      case "users" -> users(path, parameters);
      case "admin_api_keys" -> adminKeys(path, parameters);
      default -> Optional.empty();
    };
  }

  private Optional<Json> projects(List<String> path, Parameters parameters) {
    if (path.size() == 1) {
      boolean archived = parameters.flag("include_archived");
      List<Project> shown =
          organization.projects().stream().filter(p -> archived || !archived(p)).toList();
      return Optional.of(list(shown, Project::id, this::project, parameters, "include_archived"));
    }
    Project project =
        find(organization.projects(), p -> p.id().equals(path.get(1)))
            .orElseThrow(() -> unknownProject(path.get(1)));
    if (path.size() == 2) {
      return Optional.of(json -> project(json, project));
    }
    if (archived(project)) {
      throw new Refusal(
          400,
          Refusal.INVALID,
          "The project " + project.id() + " is archived.",
          "project_id",
          "project_archived");
    }
    int index = organization.projects().indexOf(project);
    return switch (path.get(2)) {
      case "api_keys" -> keys(index, path, parameters);
      case "service_accounts" -> accounts(index, path, parameters);
      default -> Optional.empty();
    };
  }

  private Optional<Json> keys(int project, List<String> path, Parameters parameters) {
    List<ApiKey> keys =
        organization.keys().stream()
            .filter(key -> key.project() == project && key.existsAt(now))
            .toList();
    if (path.size() == 3) {
      String access = parameters.one("owner_project_access").orElse("active");
      if (!Set.of("active", "inactive", "any").contains(access)) {
        throw Parameters.unsupported(
            "owner_project_access", access, List.of("active", "inactive", "any"));
      }
      List<ApiKey> shown =
          keys.stream().filter(key -> access.equals("any") || access.equals(access(key))).toList();
      return Optional.of(list(shown, ApiKey::id, this::key, parameters, "owner_project_access"));
    }
    ApiKey key =
        find(keys, k -> k.id().equals(path.get(3)))
            .orElseThrow(() -> unknown("API key", path.get(3)));
    return path.size() == 4 ? Optional.of(json -> key(json, key)) : Optional.empty();
  }

  private Optional<Json> accounts(int project, List<String> path, Parameters parameters) {
    List<ServiceAccount> accounts =
        organization.accounts().stream().filter(a -> a.project() == project).toList();
    if (path.size() == 3) {
      return Optional.of(list(accounts, ServiceAccount::id, Directory::account, parameters));
    }
    ServiceAccount account =
        find(accounts, a -> a.id().equals(path.get(3)))
            .orElseThrow(() -> unknown("service account", path.get(3)));
    return path.size() == 4 ? Optional.of(json -> account(json, account)) : Optional.empty();
  }

  private Optional<Json> users(List<String> path, Parameters parameters) {
    if (path.size() == 1) {
      Set<String> emails = parameters.all("emails");
      List<User> shown =
          organization.users().stream()
              .filter(user -> emails.isEmpty() || emails.contains(user.email()))
              .toList();
      return Optional.of(list(shown, User::id, Directory::user, parameters, "emails"));
    }
    User user =
        find(organization.users(), u -> u.id().equals(path.get(1)))
            .orElseThrow(() -> unknown("user", path.get(1)));
    return path.size() == 2 ? Optional.of(json -> user(json, user)) : Optional.empty();
  }

  private Optional<Json> adminKeys(List<String> path, Parameters parameters) {
    List<User> owners = organization.users().subList(0, 1);
    String id = "key_" + Hash.text(Hash.of(organization.id().length(), organization.id()), 16);
    if (path.size() == 1) {
      return Optional.of(
          list(owners, _ -> id, (json, owner) -> adminKey(json, id, owner), parameters, "order"));
    }
    if (!path.get(1).equals(id)) {
      throw unknown("admin API key", path.get(1));
    }
    return path.size() == 2
        ? Optional.of(json -> adminKey(json, id, owners.getFirst()))
        : Optional.empty();
  }

  private <T> Json list(
      List<T> all,
      Function<T, String> id,
      Writer<T> writer,
      Parameters parameters,
      String... further) {
    var known = new HashSet<>(Set.of("limit", "after"));
    known.addAll(List.of(further));
    parameters.requireOnly(known);
    int limit = parameters.limit(STANDARD, MOST);
    int from = 0;
    Optional<String> after = parameters.one("after");
    if (after.isPresent()) {
      String last = after.get();
      from = all.stream().map(id).toList().indexOf(last) + 1;
      if (from == 0) {
        throw Refusal.of("after", "invalid_value", "Invalid 'after': no such object: " + last);
      }
    }
    int to = Math.min(all.size(), from + limit);
    List<T> page = all.subList(from, to);
    return json -> {
      json.writeStartObject();
      json.writeStringField("object", "list");
      json.writeArrayFieldStart("data");
      for (T thing : page) {
        writer.write(json, thing);
      }
      json.writeEndArray();
      json.writeStringField("first_id", page.isEmpty() ? null : id.apply(page.getFirst()));
      json.writeStringField("last_id", page.isEmpty() ? null : id.apply(page.getLast()));
      json.writeBooleanField("has_more", to < all.size());
      json.writeEndObject();
    };
  }

  private static <T> Optional<T> find(List<T> all, Predicate<T> wanted) {
    return all.stream().filter(wanted).findFirst();
  }

  private boolean archived(Project project) {
    Instant at = project.archivedAt();
    return at != null && !at.isAfter(now);
  }

  private void project(JsonGenerator json, Project project) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", project.id());
    json.writeStringField("object", "organization.project");
    json.writeStringField("name", project.name());
    json.writeNumberField("created_at", project.createdAt().getEpochSecond());
    time(json, "archived_at", archived(project) ? project.archivedAt() : null);
    json.writeStringField("status", archived(project) ? "archived" : "active");
    json.writeEndObject();
  }

  /** Every ninth key's owner has left its project, so that it is listed only when asked for. */
  private static String access(ApiKey key) {
    return key.user() != null && Hash.below(Hash.of(9, key.id()), 9) == 0 ? "inactive" : "active";
  }

  private void key(JsonGenerator json, ApiKey key) throws IOException {
    json.writeStartObject();
    json.writeStringField("object", "organization.project.api_key");
    json.writeStringField("redacted_value", key.redacted());
    json.writeStringField("name", key.name());
    json.writeNumberField("created_at", key.createdAt().getEpochSecond());
    time(json, "last_used_at", now.minus(Duration.ofMinutes(key.name().length())));
    json.writeStringField("id", key.id());
    json.writeStringField("owner_project_access", access(key));
    json.writeObjectFieldStart("owner");
    User user = key.user();
    ServiceAccount account = key.account();
    json.writeStringField("type", user == null ? "service_account" : "user");
    if (user != null) {
      json.writeObjectFieldStart("user");
      json.writeStringField("id", user.id());
      json.writeStringField("name", user.name());
      json.writeStringField("email", user.email());
      json.writeStringField("role", user.role());
      json.writeNumberField("created_at", user.addedAt().getEpochSecond());
      json.writeEndObject();
    }
    if (account != null) {
      json.writeObjectFieldStart("service_account");
      json.writeStringField("id", account.id());
      json.writeStringField("name", account.name());
      json.writeStringField("role", account.role());
      json.writeNumberField("created_at", account.createdAt().getEpochSecond());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void account(JsonGenerator json, ServiceAccount account) throws IOException {
    json.writeStartObject();
    json.writeStringField("object", "organization.project.service_account");
    json.writeStringField("id", account.id());
    json.writeStringField("name", account.name());
    json.writeStringField("role", account.role());
    json.writeNumberField("created_at", account.createdAt().getEpochSecond());
    json.writeEndObject();
  }

  private static void user(JsonGenerator json, User user) throws IOException {
    json.writeStartObject();
    json.writeStringField("object", "organization.user");
    json.writeStringField("id", user.id());
    json.writeStringField("name", user.name());
    json.writeStringField("email", user.email());
    json.writeStringField("role", user.role());
    json.writeNumberField("added_at", user.addedAt().getEpochSecond());
    json.writeEndObject();
  }

  private void adminKey(JsonGenerator json, String id, User owner) throws IOException {
    json.writeStartObject();
    json.writeStringField("object", "organization.admin_api_key");
    json.writeStringField("id", id);
    json.writeStringField("name", "Tallyman");
    json.writeStringField("redacted_value", "sk-admin-...***" + Hash.text(1, 4));
    json.writeNumberField("created_at", Organization.FOUNDED.getEpochSecond());
    time(json, "expires_at", null);
    time(json, "last_used_at", now);
    json.writeObjectFieldStart("owner");
    json.writeStringField("type", "user");
    json.writeStringField("object", "organization.user");
    json.writeStringField("id", owner.id());
    json.writeStringField("name", owner.name());
    json.writeNumberField("created_at", owner.addedAt().getEpochSecond());
    json.writeStringField("role", owner.role());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void time(JsonGenerator json, String field, @Nullable Instant instant)
      throws IOException {
    if (instant == null) {
      json.writeNullField(field);
    } else {
      json.writeNumberField(field, instant.getEpochSecond());
    }
  }

  private static Refusal unknownProject(String id) {
    return new Refusal(404, Refusal.BARE, "The project " + id + " was not found", null, null);
  }

  private static Refusal unknown(String what, String id) {
    return new Refusal(
        404, Refusal.INVALID, "No such " + what + ": " + id + ".", null, "not_found");
  }
}
