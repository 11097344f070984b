/// The raw frames of the live captures that are not written back as they came, and what becomes of them.
enum HostileFrames {
  static let expected: [String: String] = [
    // Sound requests in a form we do not use: garbage in the unused checksums, other field ids, more bytes behind.
    "hdr_crc32_garbage": "differs", "body_crc32_garbage": "differs", "message_type_oneway": "differs",
    "arg_in_field_0": "differs", "arg_in_field_5": "differs", "meta_unknown_extra_field": "differs",
    "body_trailing_garbage": "differs", "envelope_old_style": "differs",
    // More than one frame, or what looks like one.
    "bad_magic_second_frame": "differs", "two_frames_one_write": "differs", "seqid_duplicate_pipelined": "differs",
    "two_versions_one_connection": "differs", "truncated_body_then_new_frame": "differs",
    // Cut: the rest may come.
    "truncated_header_then_wait": "incomplete", "truncated_body_then_wait": "incomplete",
    "body_length_64MiB_announced": "incomplete",
    // Not frames.
    "hdr_length_47": "badFrame", "hdr_length_0": "badFrame", "hdr_version_2": "badFrame", "bad_magic": "badFrame",
    "message_type_reply": "badFrame", "message_type_exception": "badFrame", "envelope_truncated": "badFrame",
    "body_length_0": "badFrame", "envelope_garbage": "badFrame", "body_length_too_short": "badFrame",
    "body_length_0x7fffffff": "badFrame", "body_length_0xffffffff": "badFrame", "v1_meta_garbage": "badFrame",
    // Names of nothing.
    "unknown_rpc_code_replica": "unknownMethod", "unknown_rpc_code_meta": "unknownMethod",
    "unknown_rpc_code_with_app_id": "unknownMethod", "rpc_code_known_to_nobody_long_name": "unknownMethod",
    "rpc_name_empty": "unknownMethod",
    // Arguments that are cut, of another type, or whose key is none.
    "no_arg": "badArgument", "arg_of_wrong_type": "badArgument", "meta_no_arg": "badArgument",
    "body_without_stop": "badArgument", "get_key_0_bytes": "badArgument", "get_key_1_byte": "badArgument",
    "get_key_length_prefix_too_big": "badArgument", "scan_start_key_empty": "badArgument",
    "scan_start_key_1_byte": "badArgument", "get_body_truncated_inside_args": "badArgument",
    "get_body_string_length_huge": "badArgument", "get_body_string_length_negative": "badArgument",
    "meta_body_truncated_inside_args": "badArgument", "put_body_truncated_inside_args": "badArgument",
    // Headers our types do not build.
    "v1_no_meta": "badHeader", "client_thread_hash_0_put_hash_0": "differs", "put_wrong_partition_hash": "otherHash",
    "put_wrong_thread_hash": "differs", "multi_put_wrong_partition_hash": "otherHash",
    "incr_wrong_partition_hash": "otherHash", "remove_wrong_partition_hash": "otherHash",
    "multi_remove_wrong_partition_hash": "otherHash", "cas_wrong_partition_hash": "otherHash",
    "put_wrong_partition_hash_v1": "differs",
  ]

  /// Those a real server died of, and those it could not answer.
  static let abortServers: Set<String> = [
    "put_wrong_partition_hash", "put_wrong_thread_hash", "put_wrong_partition_hash_v1", "remove_wrong_partition_hash",
    "get_key_0_bytes", "get_key_1_byte", "get_key_length_prefix_too_big", "scan_start_key_empty",
    "scan_start_key_1_byte", "get_body_truncated_inside_args", "get_body_string_length_huge",
    "get_body_string_length_negative", "meta_body_truncated_inside_args", "envelope_truncated", "body_length_0",
    "envelope_garbage", "truncated_body_then_new_frame", "body_length_too_short", "v1_meta_garbage", "no_arg",
    "arg_of_wrong_type", "meta_no_arg", "body_without_stop", "put_body_truncated_inside_args",
  ]

  /// Replies that came to all of them together.
  static let replyCount = 31
}
