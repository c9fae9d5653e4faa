package dev.tallyman.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.tallyman.dynamodb.Template;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.StringEntry;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads the classes that were packaged. */
final class VariablesIT {
  private static final Template TEMPLATE = Template.read();

  private static final Pattern VARIABLE = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)+");

  /** For tests, for who has a proxy in front of the provider, and what is a secret here. */
  private static final Set<String> NEVER_GIVEN =
      Set.of(
          "ALERT_WEBHOOK_URL",
          "ALL_PROXY",
          "HTTPS_PROXY",
          "HTTP_PROXY",
          "NO_PROXY",
          "TALLYMAN_ALLOW_LOCAL_WEBHOOKS",
          "TALLYMAN_CLOCK");

  static List<Function> functions() {
    return Function.CHECKED;
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aFunctionIsGivenTheVariablesThatItReadsAndNoOther(Function function) throws IOException {
    assertThat(read(function)).isEqualTo(given(function));
  }

  private static Set<String> given(Function function) {
    var names =
        new TreeSet<>(TEMPLATE.mapAt("Globals", "Function", "Environment", "Variables").keySet());
    if (TEMPLATE.at("Resources", function.name(), "Properties", "Environment") != null) {
      names.addAll(
          TEMPLATE
              .mapAt("Resources", function.name(), "Properties", "Environment", "Variables")
              .keySet());
    }
    return names;
  }

  /** What looks like a variable among the texts of the classes that the function runs. */
  private static Set<String> read(Function function) throws IOException {
    var names = new TreeSet<String>();
    var constants = new TreeSet<String>();
    for (JavaClass type : CallGraph.of(function, function.handler(TEMPLATE)).classes()) {
      // The names of constants are texts of their class too, and of those that choose by them.
      if (type.isEnum()) {
        type.getFields().forEach(field -> constants.add(field.getName()));
      } else {
        try (var in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
          for (var entry : ClassFile.of().parse(in.readAllBytes()).constantPool()) {
            if (entry instanceof StringEntry text
                && VARIABLE.matcher(text.stringValue()).matches()) {
              names.add(text.stringValue());
            }
          }
        }
      }
    }
    names.removeAll(constants);
    names.removeAll(NEVER_GIVEN);
    return names;
  }
}
