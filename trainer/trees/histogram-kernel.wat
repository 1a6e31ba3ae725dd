;; The two inner loops of histograms, with 128-bit additions of two 64-bit sums at once. All addresses are bytes in the
;; memory that typed arrays and other threads see too; docs/decisions/0012 says why the sums are whole numbers.
(module
  (import "volgate" "memory" (memory 1 65536 shared))

  ;; For each row number in [rows, end): loads the row's four bin bytes at bins + 4 * row and its pair of sums at
  ;; pairs + 16 * row, and adds the pair to bin b of histogram c at histograms + 4096 * c + 16 * b.
  (func (export "addRows")
    (param $bins i32) (param $rows i32) (param $end i32) (param $pairs i32) (param $histograms i32)
    (local $address i32) (local $four i32) (local $row i32) (local $pair v128)
    (block $done
      (br_if $done (i32.ge_u (local.get $rows) (local.get $end)))
      (loop $next
        (local.set $row (i32.load (local.get $rows)))
        (local.set $four (i32.load (i32.add (local.get $bins) (i32.shl (local.get $row) (i32.const 2)))))
        (local.set $pair (v128.load (i32.add (local.get $pairs) (i32.shl (local.get $row) (i32.const 4)))))

        ;; A bin is 16 bytes: each byte of $four in turn is shifted to bits 4 to 11, which 4080 masks.
        (local.set $address
          (i32.add (local.get $histograms)
            (i32.and (i32.shl (local.get $four) (i32.const 4)) (i32.const 4080))))
        (v128.store offset=0 (local.get $address)
          (i64x2.add (v128.load offset=0 (local.get $address)) (local.get $pair)))

        (local.set $address
          (i32.add (local.get $histograms)
            (i32.and (i32.shr_u (local.get $four) (i32.const 4)) (i32.const 4080))))
        (v128.store offset=4096 (local.get $address)
          (i64x2.add (v128.load offset=4096 (local.get $address)) (local.get $pair)))

        (local.set $address
          (i32.add (local.get $histograms)
            (i32.and (i32.shr_u (local.get $four) (i32.const 12)) (i32.const 4080))))
        (v128.store offset=8192 (local.get $address)
          (i64x2.add (v128.load offset=8192 (local.get $address)) (local.get $pair)))

        (local.set $address
          (i32.add (local.get $histograms)
            (i32.and (i32.shr_u (local.get $four) (i32.const 20)) (i32.const 4080))))
        (v128.store offset=12288 (local.get $address)
          (i64x2.add (v128.load offset=12288 (local.get $address)) (local.get $pair)))

        (local.set $rows (i32.add (local.get $rows) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $rows) (local.get $end))))))

  ;; Takes the pairs of sums at other from those in [at, end).
  (func (export "subtract")
    (param $at i32) (param $end i32) (param $other i32)
    (block $done
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (loop $next
        (v128.store (local.get $at)
          (i64x2.sub (v128.load (local.get $at)) (v128.load (local.get $other))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $other (i32.add (local.get $other) (i32.const 16)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))))
