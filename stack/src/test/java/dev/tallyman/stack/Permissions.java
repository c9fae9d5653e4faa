package dev.tallyman.stack;

import static java.util.Objects.requireNonNull;

import dev.tallyman.dynamodb.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the role of a function allows. */
final class Permissions {
  /** The policy for what the code calls, and the one for what Lambda does in its name. */
  static final String CODE = "code";

  static final String LAMBDA = "lambda";

  private Permissions() {}

  /** The actions of a policy of a function's role, each with the resources it is allowed on. */
  static Map<String, List<Object>> allowed(Template template, Function function, String policy) {
    var allowed = new LinkedHashMap<String, List<Object>>();
    for (Object each : list(role(template, function).get("Policies"))) {
      if (policy.equals(map(each).get("PolicyName"))) {
        for (Object statement : list(map(map(each).get("PolicyDocument")).get("Statement"))) {
          for (Object action : list(map(statement).get("Action"))) {
            allowed
                .computeIfAbsent((String) action, _ -> new ArrayList<>())
                .addAll(list(map(statement).get("Resource")));
          }
        }
      }
    }
    return allowed;
  }

  /** The names of the policies that a function's role has. */
  static List<Object> policies(Template template, Function function) {
    return list(role(template, function).get("Policies")).stream()
        .<Object>map(policy -> requireNonNull(map(policy).get("PolicyName")))
        .toList();
  }

  /** What is called and not allowed, or allowed and not called; empty if both are the same. */
  static Set<String> differences(Set<String> called, Set<String> allowed) {
    var differences = new TreeSet<String>();
    called.stream()
        .filter(action -> !allowed.contains(action))
        .forEach(action -> differences.add(action + " is called and not allowed"));
    allowed.stream()
        .filter(action -> !called.contains(action))
        .forEach(action -> differences.add(action + " is allowed and not called"));
    return differences;
  }

  /** The properties of a function's role. */
  static Map<String, Object> role(Template template, Function function) {
    var named = map(template.mapAt("Resources", function.name(), "Properties").get("Role"));
    var role = (String) list(named.get("Fn::GetAtt")).getFirst();
    return template.mapAt("Resources", role.replace(".Arn", ""), "Properties");
  }

  private static List<?> list(@Nullable Object value) {
    return requireNonNull(value) instanceof List<?> list ? list : List.of(value);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) requireNonNull(value);
  }
}
