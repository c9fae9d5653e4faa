package dev.tallyman.stack;

import dev.tallyman.dynamodb.Checkout;
import dev.tallyman.dynamodb.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A function of template.yaml.
 *
 * @param name its name there
 * @param module the module that it is built by
 */
public record Function(String name, String module) {
  public static final Function API = new Function("Api", "api-function");

  public static final Function POLLER = new Function("Poller", "poller-function");

  /** Those whose code is held against the template. */
  static final List<Function> CHECKED = List.of(API, POLLER);

  /** The folder that becomes its zip: classes, and jars in {@code lib}. */
  public Path packaged() {
    var folder = target().resolve("lambda");
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException(folder + " is missing: run `mvn package` first");
    }
    return folder;
  }

  /** The jars that it comes with. */
  List<Path> jars() {
    try (var files = Files.list(packaged().resolve("lib"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The class that Lambda starts, as the template names it. */
  String handler(Template template) {
    return String.valueOf(template.at("Resources", name, "Properties", "Handler"))
        .replaceFirst("::.*", "");
  }

  @Override
  public String toString() {
    return name;
  }

  /** Where Maven writes this build of the module: beside where it writes these tests. */
  private Path target() {
    try {
      var root = Checkout.find("stack").orElseThrow().resolveSibling(".").normalize();
      var tests =
          Path.of(Function.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      var target = root.resolve("stack").relativize(tests).getParent();
      return root.resolve(module).resolve(target);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
