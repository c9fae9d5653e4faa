package dev.tallyman.api.v1;

import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Json;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.ResponseWriter;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.core.settings.Mistake;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Changes the settings document, always as a whole; each change is logged with who made it. */
final class Editor {
  private static final int ATTEMPTS = 5;

  private final Tenants tenants;

  Editor(Tenants tenants) {
    this.tenants = tenants;
  }

  /**
   * Replaces the document, unless it is what is wanted already.
   *
   * @param wanted makes what is to be stored of what is stored; it is asked again when others
   *     changed that meanwhile
   * @throws Problem if others keep changing it, if it names keys or secrets that it may not, and
   *     what {@code wanted} throws
   */
  Settings change(Call call, UnaryOperator<Settings> wanted) {
    var store = tenants.stored();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var stored = store.load();
      Settings changed = wanted.apply(stored.settings());
      List<Mistake> refused = tenants.permits().refused(changed, stored.settings());
      if (!refused.isEmpty()) {
        throw refused(refused);
      }
      if (changed.equals(stored.settings())
          || store.save(changed, stored.version(), call.caller().who(), call.now())) {
        return changed;
      }
    }
    throw new Problem(
        409, "server_error", "settings_busy", "", "Others are changing the settings; try again.");
  }

  /**
   * The settings of a document.
   *
   * @throws Problem that tells all mistakes in it
   */
  static Settings checked(Map<String, ? extends @Nullable Object> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(List<Mistake> mistakes) -> throw refused(mistakes);
    };
  }

  private static Problem refused(List<Mistake> mistakes) {
    List<String> all = mistakes.stream().map(Mistake::told).toList();
    return Problem.invalid(
            "invalid_settings",
            mistakes.getFirst().path(),
            "The settings have "
                + (all.size() == 1 ? "a mistake" : all.size() + " mistakes")
                + "; nothing was changed. "
                + Mistake.told(mistakes)
                + ".")
        .listing(all);
  }

  /** A settings document as it is answered. */
  static JsonObject document(Settings settings) {
    var document = JsonObject.of();
    settings.toDocument().forEach(document::put);
    return document;
  }

  /** The tag of settings, by which a caller says what they mean to replace. */
  static String tag(Settings settings) {
    return ResponseWriter.tag(Json.write(document(settings)));
  }

  /** The same settings if the caller did not say otherwise of what they mean to replace. */
  static Settings expected(Call call, Settings stored) {
    Optional<String> condition = call.request().joined("If-Match");
    if (condition.isPresent() && !ResponseWriter.matches(condition, tag(stored))) {
      throw new Problem(
          412,
          "invalid_request_error",
          "settings_changed",
          "",
          "The settings are no longer what If-Match names; read them again, then repeat the"
              + " change.");
    }
    return stored;
  }
}
