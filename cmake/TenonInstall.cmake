# What `cmake --install` puts where: a relocatable tree with a CMake package.
include(CMakePackageConfigHelpers)

install(TARGETS tenon tenon_include tenon_safe_shared nvinfer_plugin EXPORT TenonTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(alias nvinfer.so nvonnxparser.so nvinfer_plugin.so.11 nvinfer_safe.so.11)
  install(FILES $<TARGET_FILE_DIR:tenon>/lib${alias} DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()
foreach(program trtexec tenon_command tenon_tune_worker)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
install(EXPORT TenonTargets NAMESPACE tenon:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Tenon)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/TenonConfig.cmake.in
  ${PROJECT_BINARY_DIR}/generated/TenonConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Tenon)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/TenonConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/generated/TenonConfig.cmake
  ${PROJECT_BINARY_DIR}/generated/TenonConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Tenon)
