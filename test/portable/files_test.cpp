// Distributed under the Boost Software License, Version 1.0.
#include "world.hpp"

using namespace portable;
using kernel_copy::async_kernel_copy;
using kernel_copy::disk;
using kernel_copy::file;

BOOST_FIXTURE_TEST_SUITE(files, world)

BOOST_AUTO_TEST_CASE(file_to_socket_wherever_it_is_read)
{
    const std::string bytes = test::content(3'000'001);
    const std::string path = dir.with("source", bytes);
    for (const disk where : {disk::inline_, disk::when_cold, disk::always})
    {
        connection out{io};
        file source = open(path);
        const reader received{out.theirs};
        copy_ending copied;
        async_kernel_copy(source, out.ours, {.disk = where},
                          [&, told = copied.handler()](const error_code& error, std::uint64_t n) {
                              told(error, n);
                              out.ours.close();
                          });
        BOOST_TEST(!copied.done);
        run();
        BOOST_TEST(!copied.error);
        BOOST_TEST(copied.result == bytes.size());
        BOOST_TEST(source.seek(0, file::seek_cur) == bytes.size());
        CHECK_SAME_BYTES(received.bytes, bytes);
    }
}

BOOST_AUTO_TEST_CASE(ranges_of_one_file_at_once)
{
    const std::string bytes = test::content(1'000'000);
    file source = open(dir.with("source", bytes));
    connection one{io};
    connection two{io};
    copy_ending first;
    copy_ending second;
    std::string from_one(400'000, '\0');
    std::string from_two(600'000, '\0');
    async_kernel_copy(kernel_copy::file_range(source, 0, 400'000), one.ours, first.handler());
    async_kernel_copy(kernel_copy::file_range(source, 400'000), two.ours, second.handler());
    asio::async_read(one.theirs, asio::buffer(from_one), [](const error_code&, std::size_t) {});
    asio::async_read(two.theirs, asio::buffer(from_two), [](const error_code&, std::size_t) {});
    run();
    BOOST_TEST(!first.error);
    BOOST_TEST(!second.error);
    CHECK_SAME_BYTES(from_one, bytes.substr(0, 400'000));
    CHECK_SAME_BYTES(from_two, bytes.substr(400'000));
    BOOST_TEST(source.seek(0, file::seek_cur) == 0u);
}

// Also where an address has 32 bits. Before the bytes is a hole.
BOOST_AUTO_TEST_CASE(offsets_have_64_bits)
{
    constexpr std::uint64_t at = 5'000'000'000;
    const std::string bytes = test::content(300'000);
    const std::string path = dir.with("large", "");
    {
        connection in{io};
        const writer sent{in.theirs, bytes};
        file sink = open(path, file::write_only);
        sink.seek(static_cast<std::int64_t>(at), file::seek_set);
        copy_ending copied;
        async_kernel_copy(in.ours, sink, copied.handler());
        run();
        BOOST_TEST(copied.result == bytes.size());
        BOOST_TEST(sink.size() == at + bytes.size());
    }
    file source = open(path);
    connection out{io};
    copy_ending sent;
    std::string received(100'000, '\0');
    async_kernel_copy(kernel_copy::file_range(source, at + 7, received.size()), out.ours, sent.handler());
    asio::async_read(out.theirs, asio::buffer(received), [](const error_code&, std::size_t) {});
    run();
    BOOST_TEST(!sent.error);
    CHECK_SAME_BYTES(received, bytes.substr(7, received.size()));

    source.seek(static_cast<std::int64_t>(at), file::seek_set);
    file sink = open(dir.with("part", ""), file::write_only);
    copy_ending copied;
    async_kernel_copy(source, sink, copied.handler());
    run();
    BOOST_TEST(copied.result == bytes.size());
    sink.close();
    CHECK_SAME_BYTES(dir.read("part"), bytes);
}

BOOST_AUTO_TEST_CASE(a_range_that_the_file_does_not_have)
{
    file source = open(dir.with("source", "bytes"));
    connection out{io};
    copy_ending copied;
    async_kernel_copy(kernel_copy::file_range(source, 2, 4), out.ours, copied.handler());
    run();
    BOOST_TEST(copied.error == failure(kernel_copy::errc::source_truncated));
    BOOST_TEST(copied.result == 3u);
}

BOOST_AUTO_TEST_CASE(socket_to_file_that_has_bytes_already)
{
    const std::string bytes = test::content(700'000);
    for (const disk where : {disk::inline_, disk::when_cold, disk::always})
    {
        connection in{io};
        const writer sent{in.theirs, bytes};
        file sink = open(dir.with("sink", "before "), file::write_only | file::append);
        copy_ending copied;
        async_kernel_copy(in.ours, sink, {.disk = where}, copied.handler());
        run();
        BOOST_TEST(!copied.error);
        BOOST_TEST(copied.result == bytes.size());
        sink.close();
        CHECK_SAME_BYTES(dir.read("sink"), "before " + bytes);
    }
}

BOOST_AUTO_TEST_CASE(file_to_file)
{
    const std::string bytes = test::content(2'500'000);
    const std::string path = dir.with("source", bytes);
    for (const disk where : {disk::inline_, disk::when_cold, disk::always})
    {
        file source = open(path);
        file sink = create(dir.path("sink"));
        BOOST_TEST(source.seek(10, file::seek_set) == 10u);
        copy_ending copied;
        async_kernel_copy(source, sink, {.disk = where}, copied.handler());
        run();
        BOOST_TEST(!copied.error);
        BOOST_TEST(copied.result == bytes.size() - 10);
        sink.close();
        CHECK_SAME_BYTES(dir.read("sink"), bytes.substr(10));
    }
}

BOOST_AUTO_TEST_CASE(a_file_onto_itself)
{
    const std::string path = dir.with("file", test::content(1000));
    file source = open(path);
    file sink = open(path, file::read_write);
    copy_ending copied;
    async_kernel_copy(source, sink, copied.handler());
    run();
    BOOST_TEST(copied.error == failure(kernel_copy::errc::overlapping_copy));
    BOOST_TEST(copied.result == 0u);
    CHECK_SAME_BYTES(dir.read("file"), test::content(1000));
}

BOOST_AUTO_TEST_CASE(opening)
{
    error_code error;
    file f{io};
    f.open(dir.path("missing").c_str(), file::read_only, error);
    BOOST_TEST(error == boost::system::errc::no_such_file_or_directory);
    BOOST_TEST(!f.is_open());
    BOOST_CHECK_THROW(open(dir.path("missing")), boost::system::system_error);

    const std::string path = dir.path("new");
    f.open(path.c_str(), file::read_write | file::create | file::exclusive, error);
    BOOST_TEST(!error);
    file again{io};
    again.open(path.c_str(), file::read_write | file::create | file::exclusive, error);
    BOOST_TEST(error == boost::system::errc::file_exists);

    f.resize(1000);
    BOOST_TEST(f.size() == 1000u);
    BOOST_TEST(f.seek(-10, file::seek_end) == 990u);
    BOOST_TEST(f.seek(5, file::seek_cur) == 995u);
    f.seek(-1000, file::seek_cur, error);
    BOOST_TEST(error == boost::system::errc::invalid_argument);
    f.close();
    BOOST_TEST(open(path, file::write_only | file::truncate | file::sync_all_on_write).size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_open)
{
    connection out{io};
    file none{io};
    copy_ending copied;
    async_kernel_copy(none, out.ours, copied.handler());
    run();
    BOOST_TEST(copied.error == boost::system::errc::bad_file_descriptor);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_open_for_that)
{
    file source = create(dir.path("source"));
    file sink = open(dir.with("sink", "bytes"));
    connection ends{io};
    const writer sent{ends.theirs, "bytes"};
    copy_ending read;
    async_kernel_copy(source, ends.ours, read.handler());
    run();
    BOOST_TEST(read.error == boost::system::errc::bad_file_descriptor);
    copy_ending written;
    async_kernel_copy(ends.ours, sink, written.handler());
    run();
    BOOST_TEST(written.error == boost::system::errc::bad_file_descriptor);
}

BOOST_AUTO_TEST_SUITE_END()
