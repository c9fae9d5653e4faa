package dev.tallyman.core.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the organizations of a settings document. */
final class OrganizationReader {
  private static final String ORGANIZATIONS = "organizations";
  private static final int MOST_ORGANIZATIONS = 100;
  private static final Pattern SLUG = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9/_.:+=@-]{1,500}");

  private OrganizationReader() {}

  /** The organizations of a document, which are kept. */
  static List<OrganizationSettings> organizations(Section root) {
    var organizations = new ArrayList<OrganizationSettings>();
    var canonical = new ArrayList<Object>();
    var ids = new HashSet<String>();
    var keys = new HashSet<String>();
    for (Section fields : root.sections(ORGANIZATIONS, MOST_ORGANIZATIONS)) {
      fields.only(List.of("id", "name", "base_url", "key_env", "key_secret"));
      Optional<String> id =
          matching(
              fields,
              "id",
              SLUG,
              "has to be 1 to 40 of a-z, 0-9 and -, beginning with a letter or digit");
      if (!fields.has("id")) {
        fields.add("id", "is missing; give a short name of a-z, 0-9 and -, for instance acme");
      }
      if (id.isPresent() && id.get().equals("simulated")) {
        fields.add("id", "is kept for the simulated organization; choose another");
      } else if (id.isPresent() && !ids.add(id.get())) {
        fields.add("id", Text.shown(id.get()) + " is there twice; each needs its own");
      }
      Optional<String> name = fields.text("name");
      name.ifPresent(text -> fields.keep("name", text));
      Optional<String> baseUrl =
          Addresses.read(fields, "base_url", OrganizationSettings.OPENAI, "the key is sent there");
      Optional<String> keyEnv =
          matching(
              fields,
              "key_env",
              VARIABLE,
              "has to be the name of an environment variable, such as OPENAI_ADMIN_KEY");
      Optional<String> keySecret =
          matching(
              fields,
              "key_secret",
              SECRET,
              "has to be the name of a secret, such as /tallyman/acme/admin-key");
      if (!fields.has("key_env") && !fields.has("key_secret")) {
        fields.add(
            "key_env",
            "is missing; give the name of the environment variable that holds the admin key, or"
                + " in key_secret the name of the secret that does");
      } else if (fields.has("key_env") && fields.has("key_secret")) {
        fields.add("key_secret", "cannot stand beside key_env; use one of them");
      }
      Optional<String> key = keyEnv.or(() -> keySecret);
      if (key.isPresent() && !keys.add(key.get())) {
        fields.add(
            keyEnv.isPresent() ? "key_env" : "key_secret",
            "is that of another organization too; each has its own admin key");
      }
      id.ifPresent(slug ->
          organizations.add(
              new OrganizationSettings(slug, name.orElse(slug), baseUrl, keyEnv, keySecret)));
      canonical.add(fields.canonical());
    }
    if (!canonical.isEmpty()) {
      root.keep(ORGANIZATIONS, canonical);
    }
    return organizations;
  }

  private static Optional<String> matching(
      Section fields, String name, Pattern pattern, String otherwise) {
    Optional<String> text = fields.text(name);
    if (text.isPresent() && !pattern.matcher(text.get()).matches()) {
      // A key in the wrong place is said to be one, and is not shown.
      if (!Text.looksLikeKey(text.get())) {
        fields.add(name, otherwise + ", not " + Text.shown(text.get()));
      }
      return Optional.empty();
    }
    text.ifPresent(value -> fields.keep(name, value));
    return text;
  }
}
