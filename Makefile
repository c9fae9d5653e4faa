# For `sam build`, which runs build-<name of the function> with ARTIFACTS_DIR set. One run of Maven
# serves all functions.
#
# target/packaged is younger than every source if what was packaged is up to date. Folders count as
# sources, so that a deleted file is noticed.

FUNCTIONS := Alert Api Poller
MODULES := alert-function,api-function,poller-function
MVN := $(firstword $(wildcard ./mvnw) mvn)
SOURCES := $(shell find . \( -name target -o -name '.?*' -o -path '*/src/test' \) -prune -o \
	\( -path '*/src/main*' -o -name pom.xml \) -print)

.PHONY: $(FUNCTIONS:%=build-%)
$(FUNCTIONS:%=build-%): target/packaged

build-Alert:
	cp -R alert-function/target/lambda/. "$(ARTIFACTS_DIR)"

build-Api:
	cp -R api-function/target/lambda/. "$(ARTIFACTS_DIR)"

build-Poller:
	cp -R poller-function/target/lambda/. "$(ARTIFACTS_DIR)"

# Emptied before, since Maven leaves the jars of a former version where they are.
target/packaged: $(SOURCES)
	rm -rf alert-function/target/lambda api-function/target/lambda poller-function/target/lambda
	$(MVN) -q -B -ntp -Dmaven.test.skip -pl $(MODULES) -am package
	mkdir -p target
	touch $@

# Also after a `mvn clean` of one module.
ifneq ($(words $(wildcard *-function/target/lambda/lib)),3)
.PHONY: target/packaged
endif
