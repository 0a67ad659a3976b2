#!/bin/sh
# The whole procedure with the hyper-parameters of the shipped models (those that are not the scripts' own defaults).
#   PY=python DATA=<folder of pairs-*.jsonl.gz> EVAL=<folder of BEIR collections> OUT=<work folder> sh run_all.sh
set -e
cd "$(dirname "$0")"
PY=${PY:-python3}
: "${DATA:?}" "${EVAL:?}" "${OUT:?}"
export KMP_BLOCKTIME=0   # OpenMP threads of torch and numba otherwise wait for each other's turn at full load
export PYTHONHASHSEED=0  # equally frequent words enter the vocabulary in the order of a set
COLLECTIONS="$EVAL/cranfield,$EVAL/cisi,$EVAL/medline,$EVAL/scifact"
DEV="--dev $COLLECTIONS --heldout $DATA/heldout_pairs.jsonl.gz --devcache $OUT/dev.pkl"
BI=$OUT/minilex-embed-en
CE=$OUT/minilex-rerank-en
mkdir -p "$OUT"

$PY train_tokenizer.py --pairs "$DATA/pairs-*.jsonl.gz" --out "$OUT/tok"
$PY prepare_data.py --pairs "$DATA/pairs-*.jsonl.gz" --tok "$OUT/tok" --out "$OUT/data" --cap-except arxiv,acl
$PY init_table.py --data "$OUT/data" --tok "$OUT/tok" --out "$OUT/init.npy" $DEV
$PY train_biencoder.py --data "$OUT/data" --tok "$OUT/tok" --init "$OUT/init.npy" --out "$OUT/table.npy" \
  --src-weight arxiv:4,acl-anthology:4,openstax:3,OBO:2 $DEV
$PY mine_negatives.py --data "$OUT/data" --table "$OUT/init.npy" --out "$OUT/lists.npz" \
  --types title:2,option:0.3,next:0.5,desc:1.5,anchor:0.7,glossary:2,qa:4,ict:1,term:1 \
  --src-weight arxiv:3,acl-anthology:4,openstax:3,OBO:2
$PY train_crossencoder.py --data "$OUT/data" --tok "$OUT/tok" --hard "$OUT/lists.npz" --table "$OUT/table.npy" \
  --out "$OUT/ce.pt" $DEV
$PY export_onnx.py bi --table "$OUT/table.npy" --tok "$OUT/tok" --out "$BI" --name minilex-embed-en
$PY export_onnx.py ce --ckpt "$OUT/ce.best.pt" --tok "$OUT/tok" --out "$CE" --name minilex-rerank-en
$PY evaluate.py --bi "$BI" --ce "$CE" --collections "$COLLECTIONS" --heldout "$DATA/heldout_pairs.jsonl.gz" --quant
$PY make_samples.py --data "$OUT/data" --tok "$OUT/tok" --table "$OUT/table.npy" --ckpt "$OUT/ce.best.pt" \
  --out "$OUT/samples.json"
node validate.js "$BI" "$CE" "$OUT/samples.json"
