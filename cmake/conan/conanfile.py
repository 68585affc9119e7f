# Distributed under the Boost Software License, Version 1.0.
#
# Conan 2, of the checkout that it lies in: conan create cmake/conan
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir


class KernelCopyConan(ConanFile):
    name = "kernel_copy"
    description = "Asynchronous copies inside the kernel for Boost.Asio"
    license = "BSL-1.0"
    topics = ("asio", "splice", "sendfile", "copy-file-range")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False]}
    default_options = {"shared": False}

    def set_version(self):
        header = load(self, os.path.join(self._checkout, "include", "kernel_copy", "version.hpp"))
        self.version = re.search(r'VERSION_STRING "(.*)"', header).group(1)

    def export_sources(self):
        for what in ("CMakeLists.txt", "LICENSE", "cmake/*.cmake", "cmake/*.in", "include/*", "src/*"):
            copy(self, what, src=self._checkout, dst=self.export_sources_folder)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("kernel_copy is for Linux")
        check_min_cppstd(self, 20)

    def requirements(self):
        self.requires("boost/[>=1.81.0]", transitive_headers=True)

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25]")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["KERNEL_COPY_BUILD_TESTS"] = False
        toolchain.cache_variables["KERNEL_COPY_BUILD_EXAMPLES"] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        for generated in ("cmake", "pkgconfig"):
            rmdir(self, os.path.join(self.package_folder, "lib", generated))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "kernel_copy")
        self.cpp_info.set_property("cmake_target_name", "kernel_copy::kernel_copy")
        self.cpp_info.set_property("pkg_config_name", "kernel_copy")
        self.cpp_info.libs = ["kernel_copy"]
        self.cpp_info.requires = ["boost::headers"]
        self.cpp_info.system_libs = ["pthread"]
        if not self.options.shared:
            self.cpp_info.defines = ["KERNEL_COPY_STATIC"]

    @property
    def _checkout(self):
        return os.path.join(self.recipe_folder, "..", "..")
