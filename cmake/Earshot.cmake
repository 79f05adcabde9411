# How a module, a service and a test are declared. Each module is a library of its own that names what it
# stands on, so a dependency that points the wrong way does not link.

find_package(PkgConfig REQUIRED)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka>=2.0.2)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis>=0.14)
pkg_check_modules(hiredis_ssl IMPORTED_TARGET hiredis_ssl>=1.0)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl>=7.85)
pkg_check_modules(libxml2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)

add_library(earshot_flags INTERFACE)
target_include_directories(earshot_flags INTERFACE ${CMAKE_SOURCE_DIR}/include)
target_compile_definitions(earshot_flags INTERFACE _GNU_SOURCE EARSHOT_VERSION="${PROJECT_VERSION}")
target_compile_options(earshot_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
    $<$<BOOL:${EARSHOT_WERROR}>:-Werror> -fno-omit-frame-pointer)
if(EARSHOT_SANITIZE)
    target_compile_options(earshot_flags INTERFACE -fsanitize=${EARSHOT_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(earshot_flags INTERFACE -fsanitize=${EARSHOT_SANITIZE})
endif()
if(EARSHOT_FUZZ)
    target_compile_options(earshot_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# earshot_module(NAME [SOURCES a.c …] [USES modules …] [EXTERNAL targets …])
# common/NAME.c, or SOURCES, becomes the library es_NAME. EXTERNAL is private: a third-party header has one owner.
function(earshot_module name)
    cmake_parse_arguments(arg "" "" "SOURCES;USES;EXTERNAL" ${ARGN})
    if(NOT arg_SOURCES)
        set(arg_SOURCES ${name}.c)
    endif()
    add_library(es_${name} STATIC ${arg_SOURCES})
    target_link_libraries(es_${name} PUBLIC earshot_flags PRIVATE ${arg_EXTERNAL})
    foreach(used IN LISTS arg_USES)
        target_link_libraries(es_${name} PUBLIC es_${used})
    endforeach()
endfunction()

# earshot_service(NAME PROGRAM program CORE a.c … [USES modules …] [EXTERNAL targets …])
# CORE becomes the library NAME_core (pure; what the tests link), main.c the program.
function(earshot_service name)
    cmake_parse_arguments(arg "" "PROGRAM" "CORE;USES;EXTERNAL" ${ARGN})
    add_library(${name}_core STATIC ${arg_CORE})
    target_link_libraries(${name}_core PUBLIC earshot_flags PRIVATE ${arg_EXTERNAL})
    target_include_directories(${name}_core PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    foreach(used IN LISTS arg_USES)
        target_link_libraries(${name}_core PUBLIC es_${used})
    endforeach()
    add_executable(${arg_PROGRAM} main.c)
    target_link_libraries(${arg_PROGRAM} PRIVATE ${name}_core)
endfunction()
