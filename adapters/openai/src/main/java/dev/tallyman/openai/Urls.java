package dev.tallyman.openai;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.Width;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of the provider's organization API. Arrays are spelled with brackets as the
 * official clients do, percent-encoded; {@code limit} is the number of buckets asked for; the
 * provider's cursor is never used (it has been seen to be refused).
 *
 * @param base without a trailing slash
 */
record Urls(URI base) {
  /** The most names that the provider puts on one page. */
  private static final int NAMES = 100;

  /**
   * What was used in {@code [from, to)}.
   *
   * @param open whether to leave the end out: then the provider's own time is the end
   */
  URI usage(
      UsageEndpoint endpoint,
      List<Dimension> groupings,
      Width width,
      Instant from,
      Instant to,
      boolean open) {
    return spanned(
        "usage/" + encoded(endpoint.id()),
        width,
        from,
        to,
        open,
        groupings.stream().map(Dimension::field).toList());
  }

  /**
   * What was charged in {@code [from, to)}.
   *
   * @param open whether to leave the end out: then the provider's own time is the end
   */
  URI costs(List<String> groupings, Instant from, Instant to, boolean open) {
    return spanned("costs", Width.DAY, from, to, open, groupings);
  }

  /** A page of names. */
  URI names(Name.Kind kind, @Nullable String project, @Nullable String after) {
    var url = new StringBuilder(collection(kind, project)).append("?limit=").append(NAMES);
    switch (kind) {
      case PROJECT -> url.append("&include_archived=true");
      // Without it the provider shows only keys of owners who are members, and hides the others.
      case API_KEY -> url.append("&owner_project_access=any");
      case USER, SERVICE_ACCOUNT -> {}
    }
    return absolute(after == null ? url.toString() : url + "&after=" + encoded(after));
  }

  /** One name. */
  URI name(Name.Kind kind, @Nullable String project, String id) {
    return absolute(collection(kind, project) + "/" + encoded(id));
  }

  /** A page of admin keys. */
  URI adminKeys(@Nullable String after) {
    return absolute(
        "admin_api_keys?limit=" + NAMES + (after == null ? "" : "&after=" + encoded(after)));
  }

  private URI spanned(
      String path, Width width, Instant from, Instant to, boolean open, List<String> groupings) {
    long buckets = Duration.between(from, to).dividedBy(width.duration());
    var url =
        new StringBuilder(path)
            .append("?start_time=")
            .append(from.getEpochSecond())
            .append(open ? "" : "&end_time=" + to.getEpochSecond())
            .append("&bucket_width=")
            .append(width.parameter())
            .append("&limit=")
            .append(buckets);
    for (String field : groupings) {
      url.append("&group_by%5B%5D=").append(encoded(field));
    }
    return absolute(url.toString());
  }

  private static String collection(Name.Kind kind, @Nullable String project) {
    return switch (kind) {
      case PROJECT -> "projects";
      case USER -> "users";
      case API_KEY -> "projects/" + encoded(ofProject(kind, project)) + "/api_keys";
      case SERVICE_ACCOUNT -> "projects/" + encoded(ofProject(kind, project)) + "/service_accounts";
    };
  }

  private static String ofProject(Name.Kind kind, @Nullable String project) {
    if (project == null) {
      throw new IllegalArgumentException(kind + " needs a project");
    }
    return project;
  }

  private URI absolute(String path) {
    return URI.create(base + "/organization/" + path);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
