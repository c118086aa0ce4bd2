# shellcheck shell=bash disable=SC2034 # variables for the script that sources this
# Sourced by the scripts of this repository: finds the JDK that runs Heddle.
# Bash built-ins only, for `heddle run` pays for this at every start: a JDK's `release` file tells its version,
# and asking `java -version` would cost a whole JVM.

jdk_needed=25

# What Heddle uses of the JDK beyond its public API; see dev.heddle.internal.Jdk.
heddle_flags=(
    --add-opens=java.base/java.lang=ALL-UNNAMED
    --add-exports=java.base/jdk.internal.vm=ALL-UNNAMED
)

# Whether directory $1 holds a JDK of the version needed, with its compiler.
is_jdk() {
    [[ -n $1 && -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] || return 1
    local line
    while IFS= read -r line; do
        [[ $line == "JAVA_VERSION=\"$jdk_needed"[.\"-]* ]] && return 0
    done <"$1/release"
    return 1
}

# Sets jdk_home, or ends the script and says how to get a JDK. $1: the name to complain under.
find_jdk() {
    if [[ -n ${HEDDLE_JAVA_HOME-} ]]; then
        jdk_home=$HEDDLE_JAVA_HOME
        is_jdk "$jdk_home" && return
        echo "$1: HEDDLE_JAVA_HOME is $HEDDLE_JAVA_HOME, and that is no JDK $jdk_needed." >&2
        exit 1
    fi

    local java
    java=$(type -P java) && java=$(readlink -f "$java") || java=
    local java25_home=JAVA${jdk_needed}_HOME
    for jdk_home in "${!java25_home-}" "${JAVA_HOME-}" "${java%/bin/java}" \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/* /opt/java/* \
        ~/.jdks/* ~/.sdkman/candidates/java/* ~/.gradle/jdks/* ~/.m2/jdks/* ~/.asdf/installs/java/* \
        ~/.local/share/mise/installs/java/* ~/.jbang/cache/jdks/* \
        {,~}/Library/Java/JavaVirtualMachines/*/Contents/Home; do
        is_jdk "$jdk_home" && return
    done

    local advice
    advice=$(<"${BASH_SOURCE[0]%/*}/no-jdk.txt")
    echo "$1: ${advice//@JDK@/$jdk_needed}" >&2
    exit 1
}

# Runs Maven with the arguments given, such that it finds the JDK that find_jdk found. Silent unless it fails.
run_maven() {
    if ! type -P mvn >/dev/null; then
        echo "Building Heddle needs Maven 3.8 or later: no mvn on the PATH." >&2
        return 1
    fi
    local -x "JAVA${jdk_needed}_HOME=$jdk_home"
    # Maven itself may run on another JDK, if there is one.
    if [[ -z ${JAVA_HOME-} ]] && ! type -P java >/dev/null; then
        local -x JAVA_HOME=$jdk_home
    fi
    local log
    log=$(mvn -q -B -ntp "$@" 2>&1) || {
        echo "$log" >&2
        return 1
    }
}
